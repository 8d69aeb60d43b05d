/** Which policies held when a job was submitted. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { policiesSection } from '../../../cli/run/explain-policies.ts';
import type { Section } from '../../../cli/run/explanation.ts';
import { openStore } from '../../../shared/store/open.ts';
import type { Store } from '../../../shared/store/store.ts';
import { batchOf, policyEntry } from '../../store/entries.ts';
import { ANA, ETL, JOB_PROXY, PROJECT, SCENARIO } from '../../store/scenario.ts';

const CLUSTER = 'prod/europe-west1/mesh-1';
let store: Store;
beforeAll(async () => {
  store = await openStore('sqlite::memory:');
  const time = '2026-11-20T00:10:00.000000000Z';
  await store.commit(
    batchOf([
      ...SCENARIO,
      policyEntry({ policy: `kubernetes:${CLUSTER}2/data/gateways/g`, time, content: 'another cluster' }),
      policyEntry({
        policy: `kubernetes:${CLUSTER}/data/kongplugins/k`,
        time,
        plane: 'gateway',
        content: 'k',
      }),
    ]),
  );
});
afterAll(() => store.close());

const told = (time: string, projects: string[], clusters: string[]): Promise<Section> =>
  policiesSection(store, `2026-11-20T${time}Z`, projects, clusters);
const policiesOf = ({ rows }: Section): string[] => rows.map((row) => String(row['policy']));

describe('policies in force', () => {
  it('are those of the cluster, its gateways and the project, each once, with who set them', async () => {
    const section = await told('00:59:00', ['prod'], [CLUSTER, CLUSTER]);
    expect(policiesOf(section)).toEqual([
      JOB_PROXY,
      expect.stringMatching(/sidecars/),
      `kubernetes:${CLUSTER}/data/kongplugins/k`,
      PROJECT,
    ]);
    expect(section.rows[0]).toMatchObject({ plane: 'mesh', by: ETL, since: '2026-11-20 00:00:00' });
    expect(section.rows[0]?.['content']).toMatch(/^[0-9a-f]{16}$/);
    expect(section.columns).toContain('provenance');
  });

  it('are the next version after a change, also one told as a difference', async () => {
    const { rows } = await told('01:30:00', ['prod'], [`${CLUSTER}/data`]);
    const proxy = rows.filter((row) => row['policy'] === JOB_PROXY);
    expect(proxy).toMatchObject([
      { by: `${ANA}; acting for ${ETL}, as the event records`, provenance: 'provider' },
      { by: 'user:google:mallory@stranger.example', provenance: 'tenant' },
    ]);
    expect(rows.filter((row) => row['plane'] === 'gateway').map((row) => row['content'])).toContain(
      'deleted in the same instant',
    );
    expect(rows.at(-1)).toMatchObject({ policy: PROJECT, content: 'changed, not told whole' });
  });

  it('say where no version of a project is recorded', async () => {
    expect((await told('00:01:00', ['prod'], [])).rows).toEqual([
      { plane: 'iam', policy: PROJECT, content: 'no version recorded' },
    ]);
    expect(policiesOf(await told('02:00:00', ['pro'], []))).toEqual([PROJECT.replace(/prod$/, 'pro')]);
  });

  it('are none of nothing', async () => {
    expect((await told('02:00:00', [], [])).rows).toEqual([]);
  });
});
