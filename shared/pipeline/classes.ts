/** Which retention class an event's rows belong to, and when they expire. */
import type { Config, RetentionClass } from '../../schemas/config.ts';
import type { Action } from '../model/event.ts';

/**
 * Days kept where the configuration says nothing. Control-plane records match the 400 days of the _Required bucket; a
 * version of a policy may hold for years before the next, so its row, slim and rare, outlives the event.
 */
const DEFAULT_DAYS: Readonly<Record<RetentionClass, number>> = {
  access: 30,
  data: 90,
  job: 400,
  control: 400,
  policy: 2557,
  quarantine: 400,
};

export function retentionClassOf(action: Action): RetentionClass {
  switch (action) {
    case 'api.call':
    case 'metadata.read':
    case 'telemetry.read':
    case 'telemetry.write':
    case 'key.use':
    case 'metric.observe':
      return 'access';
    case 'data.read':
    case 'data.write':
    case 'data.delete':
    case 'job.run':
      return 'data';
    case 'job.submit':
    case 'job.start':
    case 'job.finish':
    case 'job.update':
    case 'job.cancel':
    case 'job.delete':
    case 'job.observe':
    case 'session.create':
    case 'session.terminate':
    case 'session.delete':
    case 'session.run':
    case 'workflow.run':
    case 'model.register':
    case 'model.deploy':
    case 'model.delete':
    case 'exec.interactive':
      return 'job';
    case 'cluster.create':
    case 'cluster.update':
    case 'cluster.delete':
    case 'cluster.start':
    case 'cluster.stop':
    case 'data.share':
    case 'credential.mint':
    case 'credential.create':
    case 'credential.revoke':
    case 'credential.inject':
    case 'secret.read':
    case 'grant.request':
    case 'grant.approve':
    case 'grant.deny':
    case 'grant.activate':
    case 'grant.revoke':
    case 'policy.change':
    case 'iam.change':
    case 'log.change':
    case 'template.change':
    case 'network.change':
    case 'compute.change':
    case 'workload.change':
    case 'artifact.change':
    case 'key.change':
    case 'schedule.change':
    case 'schema.change':
    case 'org.change':
    case 'operation.cancel':
    case 'operation.delete':
    case 'deploy':
    case 'login':
    case 'unclassified':
      return 'control';
    default:
      return action satisfies never;
  }
}

export function retentionDays(config: Config, kind: RetentionClass): number {
  return config.retentionDays[kind] ?? DEFAULT_DAYS[kind];
}

const LAST_DAY = '9999-12-31';

/**
 * Adds whole days to the date part of a canonical timestamp; `time` keeps its nanoseconds. Entries come more or less in
 * the order of their time, so the last date of each number of days is kept, and there are as many as classes.
 */
export function createExpiry(): (time: string, days: number) => string {
  const last = new Map<number, { readonly date: string; readonly later: string }>();
  return (time, days) => {
    let known = last.get(days);
    if (known === undefined || !time.startsWith(known.date)) {
      const date = time.slice(0, 10);
      known = { date, later: datePlus(date, days) };
      last.set(days, known);
    }
    return known.later + time.slice(10);
  };
}

function datePlus(date: string, days: number): string {
  const moved = Date.parse(`${date}T00:00:00Z`) + days * 86_400_000;
  const text = new Date(moved).toISOString();
  return text.startsWith('+') ? LAST_DAY : text.slice(0, 10);
}
