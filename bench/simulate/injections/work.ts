/** Work that nobody submitted, data that is touched while no job runs, and entries missing from a sequence. */
import { clusterOperation, applicationSummary } from '../formats/dataproc.ts';
import { CI } from '../organisation/organisation.ts';
import { splitEntry } from '../normal.ts';
import { callerOf, dataOf, work, type Start } from '../scene.ts';
import { DAY, HOUR, MINUTE } from '../told.ts';
import { nth, type InjectionKind } from './kind.ts';

const L01 = 'job-ran-without-audit-record';
const L12 = 'log-sequence-gap';

function unaudited(engine: Start['engine'], observed: boolean): InjectionKind['tell'] {
  return (scene, at, n) => {
    const { random, org } = scene;
    const start: Start = {
      at,
      engine,
      name: `shadow-${random.base36(10)}`,
      by: nth(org.people, n),
      cluster: random.pick(org.clusters),
      script: 'gs://sim-code/adhoc/query.py',
      keyed: false,
      requestId: random.uuid(),
    };
    const { told } = work(scene, start, { minutes: random.int(3, 12), audited: false, observed });
    return { told, job: true };
  };
}

export const WORK_KINDS: readonly InjectionKind[] = [
  { rule: L01, variant: 'job-in-inventory', tell: unaudited('dataproc', true) },
  { rule: L01, variant: 'batch-in-inventory', tell: unaudited('batch', true) },
  { rule: L01, variant: 'dataflow-in-inventory', tell: unaudited('dataflow', true) },
  { rule: L01, variant: 'driver-log-alone', tell: unaudited('dataproc', false) },
  {
    rule: L01,
    variant: 'yarn-application',
    explains: ['data-access-outside-jobs'],
    tell: (scene, at) => {
      const { random, org } = scene;
      const cluster = random.pick(org.clusters);
      const until = at + random.int(2, 9) * MINUTE;
      return {
        told: [
          applicationSummary(random, until, cluster, { sequence: random.int(10_000, 99_999), startedAt: at }),
        ],
      };
    },
  },
  {
    rule: 'data-access-outside-jobs',
    variant: 'idle-cluster',
    explains: [L01],
    subjects: ({ quiet }) => quiet.length,
    tell: (scene, at, n) => {
      const { random, org } = scene;
      const { project, runAs } = nth(org.quiet, n);
      return {
        told: dataOf(scene, {
          from: at,
          until: at + random.int(1, 4) * MINUTE,
          project,
          runAs,
          reads: [`gs://sim-curated/hr-${random.base36(6)}`, `bigquery:${project.id}.hr.salaries`],
          writes: [],
        }),
        subject: runAs,
      };
    },
  },
  {
    rule: L12,
    variant: 'piece-of-split-missing',
    tell: (scene, at) => ({ told: splitEntry(scene, at, 1) }),
  },
  {
    rule: L12,
    variant: 'operation-without-beginning',
    tell: (scene, at) => {
      const { random, org } = scene;
      const cluster = { ...random.pick(org.clusters), name: `temp-${random.base36(6)}`, uuid: random.uuid() };
      return {
        told: clusterOperation(random, { at, caller: callerOf(CI) }, 'Create', cluster, {
          first: false,
          last: true,
        }),
      };
    },
  },
  {
    rule: L12,
    variant: 'operation-without-end',
    // Its limit is a day.
    atMost: DAY + 2 * HOUR,
    tell: (scene, at) => {
      const { random, org } = scene;
      const cluster = { ...random.pick(org.clusters), name: `temp-${random.base36(6)}`, uuid: random.uuid() };
      return {
        told: clusterOperation(random, { at, caller: callerOf(CI) }, 'Create', cluster, {
          first: true,
          last: false,
        }),
      };
    },
  },
];
