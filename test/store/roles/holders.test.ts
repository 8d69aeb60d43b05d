/**
 * The database roles of schemas/spanner/optional/roles.sql, held against what each function and command really asks of Spanner: they run
 * over the emulator with the roles enforced in front of it, which the emulator itself has not. A grant that is missing is refused
 * here; one that nothing uses is named.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CANARY_KEY } from '../../../cli/day/canaries.ts';
import { createCallbackService } from '../../../functions/callbacks/service.ts';
import { createTimelineSource } from '../../../functions/runtime/timeline.ts';
import { readBundle } from '../../../shared/config/read-bundle.ts';
import { RULES } from '../../../shared/corroboration/rules/index.ts';
import { messageOf } from '../../../shared/errors.ts';
import { SILENT } from '../../../shared/observe/log.ts';
import { createMinute } from '../../../shared/reconcile/minute.ts';
import { ownFindings } from '../../../shared/reconcile/own.ts';
import { openStore } from '../../../shared/store/open.ts';
import { savedQueries } from '../../../shared/store/queries.ts';
import { optionalMigration } from '../../../shared/store/spanner/migrations.ts';
import { DAY, type Delivery } from '../../pipeline/deliveries.ts';
import { reprinted } from '../../pipeline/spoil.ts';
import { describeWithEmulators, freshSpannerDatabase } from '../../support/emulators.ts';
import { batchOf, eventEntry } from '../entries.ts';
import { Deployment, now } from './deployment.ts';
import { enforceRoles } from './enforced.ts';

/** The night and its work: the emulator takes long over more. */
const NIGHT = DAY.filter(({ publishTime }) => publishTime < '2026-11-18T06:30');

/** What came through gateway and mesh and is kept back: it comes when it was missed already. */
const isLate = ({ subscription, category, publishTime }: (typeof DAY)[number]): boolean =>
  ['kong', 'istio'].includes(subscription) && category === 'ordinary' && publishTime > '2026-11-18T02';

const POLICIES: ReadonlySet<string> = new Set(['approvals', 'iam', 'kubernetes', 'logging']);
const OF_JOBS: ReadonlySet<string> = new Set(['dataproc', 'openlineage', 'storage']);

describeWithEmulators('a database role has what its holder asks for', ['spanner'], (hosts) => {
  let deployment: Deployment;
  beforeAll(async () => {
    deployment = await Deployment.open(hosts.spanner());
  }, 60_000);
  afterAll(() => deployment.close());

  const expectNothingDenied = (): void => expect([...deployment.enforced.denied]).toEqual([]);

  it('ingest: every source, what comes again, and what lost its key row', { timeout: 240_000 }, async () => {
    const first = NIGHT.filter((message) => !isLate(message));
    await deployment.ingest(first);
    const ordinary = first.filter(({ category }) => category === 'ordinary');
    // The same in other bytes; then with the key rows gone, as after a restore: each row is looked for by its key.
    await deployment.ingest(ordinary.slice(0, 40).map(reprinted));
    await deployment.removeRows('Events');
    await deployment.ingest(first.filter(({ subscription }) => POLICIES.has(subscription)));
    await deployment.ingest(first);
    expectNothingDenied();
    for (const table of [
      'Events',
      'Edges',
      'Quarantine',
      'Renditions',
      'PolicyVersions',
      'OpenWork',
    ] as const)
      expect(await deployment.count(table), table).toBeGreaterThan(0);
  });

  it('reconcile and deliver: rounds of a day, and what is taken back', { timeout: 240_000 }, async () => {
    const store = await deployment.store('jobtrail_reconcile');
    const { timeline, ready } = createTimelineSource({
      store: store.bundles,
      // Deployed by itself: nobody has kept its texts yet.
      before: readBundle(deployment.folderWith(4_000)),
      now: Date.now,
      onError: (error) => expect.fail(messageOf(error)),
    });
    const deliver = await deployment.deliver();
    let at = '';
    const { run } = createMinute({
      store,
      rules: RULES,
      bundleAt: (time) => timeline.at(time),
      ready,
      now: () => at,
      logger: SILENT,
      canaryKeys: [CANARY_KEY],
      publish: (ids) => deliver.pushed(ids),
      ownFindings: (inForce, time) => ownFindings(store, inForce, time),
    });
    const rounds = async (...times: string[]): Promise<void> => {
      for (const time of times) {
        at = `2026-11-18T${time}:00.000000000Z`;
        await run();
      }
    };
    await deliver.sweep();
    await rounds('04:00', '06:00', '07:00', '08:00');
    await deliver.sweep();
    await deployment.ingest(NIGHT.filter(isLate));
    await rounds('08:15', '08:30', '09:00');
    await deliver.sweep();
    expectNothingDenied();
    expect(await deployment.count('Verdicts')).toBeGreaterThan(0);
    expect(await deployment.count('Episodes')).toBeGreaterThan(0);
  });

  it('callbacks: an answer in Slack', async () => {
    const { alerts: store } = await deployment.store('jobtrail_alerts');
    const [episode] = await store.episodes({ states: ['open'], limit: 1 });
    if (episode === undefined) throw new Error('no alert is open');
    const take = createCallbackService({ store, now, wake: () => Promise.resolve(), logger: SILENT });
    await take([{ episode, change: 'acknowledge', by: 'slack:U1', at: now(), event: 'button' }]);
    expectNothingDenied();
  });

  it('policy: a push', async () => {
    const folder = deployment.folderWith(5_000);
    const record = ['--commit', 'c1', '--reviewer', 'bea@example.com'];
    await deployment.command(
      'policy',
      'push',
      folder,
      '--store',
      deployment.as('jobtrail_policy'),
      ...record,
    );
    expectNothingDenied();
  });

  it(
    'on call: alerts listed, shown and answered, a silence made and ended',
    { timeout: 60_000 },
    async () => {
      const common = ['--store', deployment.as('jobtrail_oncall'), '--config', deployment.folder];
      const alerts = (...args: string[]) => deployment.command('alerts', ...args, ...common);
      const { alerts: store } = await deployment.store('jobtrail_oncall');
      const [first, second] = await store.episodes({ states: ['open'], limit: 2 });
      if (first === undefined || second === undefined) throw new Error('two alerts are open');
      await alerts('list');
      await alerts('show', first.id);
      await alerts('ack', first.id);
      await alerts('resolve', second.id, '--reason', 'known');
      const why = ['--owner', 'ana@example.com', '--reason', 'a move', '--until', '2099-01-01T00:00:00Z'];
      const { id } = JSON.parse(await alerts('silence', '--rule', first.rule, ...why, '--json'));
      await alerts('silences');
      await alerts('unsilence', id);
      await alerts('deliver');
      expectNothingDenied();
      expect(await deployment.count('Silences')).toBe(2);
    },
  );

  it('operator: quarantine once more, and a backfill', { timeout: 120_000 }, async () => {
    const common = ['--store', deployment.as('jobtrail_operator'), '--config', deployment.folder];
    await deployment.command('redrive', '--dry-run', ...common);
    await deployment.command('redrive', ...common);
    const file = join(deployment.folder, 'before.ndjson');
    const entries = DAY.filter(
      ({ subscription, category }) => subscription === 'dataproc' && category === 'ordinary',
    );
    writeFileSync(
      file,
      entries
        .map(({ data }) => data)
        .slice(-40)
        .join('\n'),
    );
    await deployment.command('backfill', file, '--state', join(deployment.folder, 'state.json'), ...common);
    expectNothingDenied();
  });

  it('auditor: every saved query and explanation, without raw texts', { timeout: 120_000 }, async () => {
    // Of its own and with little in it: what a query needs does not depend on rows, and the emulator takes minutes over many.
    const few = await freshSpannerDatabase(hosts.spanner());
    const some: readonly Delivery[] = NIGHT.filter(({ subscription }) => OF_JOBS.has(subscription)).slice(
      0,
      120,
    );
    await deployment.ingest(some, deployment.as('jobtrail_ingest', few));
    const one = (sql: string): Promise<string> => deployment.valueOf(`${sql} LIMIT 1`, few);
    const event = await one('SELECT EventId FROM Events WHERE JobId IS NOT NULL AND Raw IS NOT NULL');
    const job = await one(`SELECT JobId FROM Events WHERE EventId = '${event}'`);
    const principal = await one("SELECT Node FROM Edges WHERE Op = 'runs'");
    const dataset = await one("SELECT Node FROM Edges WHERE Op = 'read'");
    const given = new Map([
      ['job', job],
      ['principal', principal],
      ['dataset', dataset],
      ['policy', 'allow://cloudresourcemanager.googleapis.com/projects/acme'],
      ['from', '2026-11-18T00:00:00Z'],
      ['until', '2026-11-19T00:00:00Z'],
      ['at', '2026-11-18T12:00:00Z'],
    ]);
    const store = ['--store', deployment.as('jobtrail_auditor', few)];
    for (const { name, params } of savedQueries()) {
      const needed = params.filter(({ required }) => required);
      const values = needed.flatMap((param) => ['--param', `${param.name}=${given.get(param.name)}`]);
      await deployment.command('query', name, ...values, ...store);
    }
    for (const what of [job, principal, dataset]) await deployment.command('explain', what, ...store);
    expect([...deployment.enforced.denied].filter((lack) => !lack.endsWith(' (Raw)'))).toEqual([]);
    const told = await deployment.command('explain', event, ...store);
    expect(told).toContain(job);
    expect(told).not.toContain('insertId');
    // Raw was asked for, refused, and done without.
    expect([...deployment.enforced.denied]).toEqual(['jobtrail_auditor has no SELECT on Events (Raw)']);
  });

  it('and is refused where the role lacks one of them', async () => {
    const { statements } = optionalMigration('roles');
    const without = statements.map((statement) => statement.replace('Renditions, Receipts,', 'Renditions,'));
    expect(without).not.toEqual(statements);
    const strict = await enforceRoles(hosts.spanner(), without);
    // Of its own: the emulator has one transaction at a time in a database, and this one is left to end by itself.
    const other = deployment.as('jobtrail_ingest', await freshSpannerDatabase(hosts.spanner()));
    const store = await openStore(other, { emulatorHost: strict.host });
    try {
      const commit = store.commit(batchOf([eventEntry('a row that is refused')]));
      await expect(commit).rejects.toMatchObject({ code: 'store-unavailable' });
      const [lack, ...others] = strict.denied;
      expect(lack).toMatch(/^jobtrail_ingest has no INSERT on Receipts/);
      expect(others).toEqual([]);
    } finally {
      await store.close();
      await strict.close();
    }
  });

  it('ingest: a commit whose answer is lost is looked for by its receipt', async () => {
    const other = deployment.as('jobtrail_ingest', await freshSpannerDatabase(hosts.spanner()));
    const store = await openStore(other, { emulatorHost: deployment.enforced.host });
    deployment.enforced.loseNextCommit();
    const { fates } = await store.commit(batchOf([eventEntry('committed, and nobody was told')]));
    expect(fates).toEqual(['stored']);
    expect(deployment.enforced.used).toContain('jobtrail_ingest: SELECT Receipts');
    await store.close();
  });

  it('no function has a grant that nothing here uses', () => {
    const { grants, used } = deployment.enforced;
    const unused = grants.lines.filter((line) => !used.has(line));
    expect(unused.filter((line) => !/^jobtrail_(?:auditor|oncall|operator):/.test(line))).toEqual([]);
  });
});
