/** What fails on the way is a line of its own, and the checks beside it go on. */
import { describe, expect, test } from 'vitest';
import { parseBundle } from '../../shared/config/bundle.ts';
import { examine, type Examination } from '../../shared/doctor/examine.ts';
import type { CloudApis } from '../../shared/doctor/facts.ts';
import { JobtrailError } from '../../shared/errors.ts';
import { openStore } from '../../shared/store/open.ts';
import type { Store } from '../../shared/store/store.ts';
import { refused, states } from './facts.ts';

const bundle = parseBundle({
  config: { name: 'jobtrail.yaml', text: 'environments: { prod: [shop-prod] }\nmeshProjects: [mesh-prod]\n' },
  policies: [],
  rules: [],
});
const no = (): Promise<typeof refused> => Promise.resolve(refused);
const closed: CloudApis = {
  subscriptions: no,
  topics: no,
  sinks: no,
  policy: no,
  pubsubPolicy: no,
  ancestry: no,
  project: no,
  role: no,
};

const examination = (over: Partial<Examination>): Examination => ({
  store: 'sqlite::memory:',
  config: 'jobtrail.yaml',
  bundle,
  problem: undefined,
  project: 'trail',
  scopes: [],
  cloud: closed,
  schema: undefined,
  place: undefined,
  open: () => openStore('sqlite::memory:'),
  clock: () => Date.parse('2026-11-20T12:00:00Z'),
  ...over,
});

/** A store of which some parts fail. */
async function failing(over: (store: Store) => Partial<Store>): Promise<Store> {
  const store = await openStore('sqlite::memory:');
  return { ...store, ...over(store) };
}

describe('the store', () => {
  test('fails at its paths: evidence and everything else is looked at', async () => {
    const open = () =>
      failing(({ work }) => ({
        work: { ...work, paths: () => Promise.reject(new TypeError('no such thing')) },
      }));
    const lines = await examine(examination({ open }));
    expect(lines).toContainEqual(
      expect.objectContaining({
        check: 'paths',
        code: 'failed',
        state: 'unasked',
        says: 'could not be checked: no such thing',
        mend: 'npx jobtrail doctor --store sqlite::memory:',
      }),
    );
    expect(lines.some(({ check, state }) => check === 'evidence' && state === 'ok')).toBe(true);
  });

  test('refuses to be read: what grants it is told', async () => {
    const denied = new JobtrailError('store-unavailable', 'Spanner: PERMISSION_DENIED', 'x', {
      cause: { code: 7 },
    });
    const open = () => failing(() => ({ query: () => Promise.reject(denied) }));
    const place = { project: 'p', instance: 'i', database: 'd' };
    const lines = await examine(examination({ open, place }));
    expect(lines.find(({ check }) => check === 'evidence')).toMatchObject({
      code: 'not-permitted',
      mend: 'gcloud spanner databases add-iam-policy-binding d --instance=i --project=p --member=user:YOU --role=roles/spanner.databaseReader --condition=None',
    });
  });

  test('cannot be opened: one line, and Google Cloud is asked', async () => {
    const open = () => Promise.reject(new Error('disk is full'));
    const lines = await examine(examination({ open }));
    expect(lines[1]).toMatchObject({ check: 'store', state: 'wrong', says: 'disk is full' });
    expect(new Set(lines.map(({ check }) => check))).toContain('sinks');
  });

  test('holds a state that nobody here wrote', async () => {
    const row = {
      Path: 'dataproc',
      Status: 'live',
      State: '{"v":9}',
      UpdatedAt: '2026-11-20T12:00:00.000000000Z',
    };
    const open = () => failing(({ work }) => ({ work: { ...work, paths: () => Promise.resolve([row]) } }));
    const lines = await examine(examination({ open }));
    expect(lines.find(({ check }) => check === 'paths')).toMatchObject({
      code: 'state-unreadable',
      about: 'dataproc',
    });
  });
});

describe('Google Cloud', () => {
  test('lets nothing be asked: each check says so, none is ok', async () => {
    const lines = await examine(examination({}));
    const ofCloud = lines.filter(({ check }) =>
      ['subscriptions', 'sinks', 'publishers', 'audit', 'log-writers'].includes(check),
    );
    expect(new Set(states(ofCloud))).toEqual(new Set(['unasked']));
    expect(new Set(ofCloud.map(({ check }) => check)).size).toBe(5);
  });

  test('answers what nobody thought of: one check ends, the others do not', async () => {
    const project = (): never => {
      throw new RangeError('odd');
    };
    const cloud: CloudApis = {
      ...closed,
      project,
      subscriptions: () =>
        Promise.resolve({
          kind: 'answer',
          value: [
            {
              name: 'projects/trail/subscriptions/jobtrail-dataproc',
              topic: 'projects/trail/topics/jobtrail-dataproc',
              ackDeadlineSeconds: 120,
              retentionSeconds: 604_800,
              expiresAfterSeconds: undefined,
              deadLetter: undefined,
              hasRetryPolicy: true,
              filter: '',
              push: undefined,
              detached: false,
              exports: false,
              transforms: 0,
            },
          ],
        }),
    };
    const lines = await examine(examination({ cloud }));
    expect(lines.find(({ check }) => check === 'dead-letters')).toMatchObject({
      code: 'failed',
      says: 'could not be checked: odd',
    });
    expect(lines).toContainEqual(
      expect.objectContaining({ check: 'subscriptions', about: 'jobtrail-dataproc', state: 'ok' }),
    );
  });

  test('is not asked where no project is told', async () => {
    const lines = await examine(examination({ project: undefined }));
    expect(lines.filter(({ code }) => code === 'not-told').map(({ check }) => check)).toEqual([
      'subscriptions',
      'dead-letters',
      'sinks',
      'publishers',
      'audit',
      'log-writers',
    ]);
  });
});
