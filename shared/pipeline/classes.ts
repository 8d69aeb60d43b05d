/** Which retention class an event's rows belong to, and when they expire. */
import type { Config, RetentionClass } from '../../schemas/config.ts';
import type { Action } from '../model/event.ts';

/** Days kept where the configuration says nothing. Control-plane records match the 400 days of the _Required bucket. */
const DEFAULT_DAYS: Readonly<Record<RetentionClass, number>> = {
  access: 30,
  data: 90,
  job: 400,
  control: 400,
  quarantine: 400,
};

export function retentionClassOf(action: Action): RetentionClass {
  switch (action) {
    case 'api.call':
    case 'metadata.read':
    case 'telemetry.read':
    case 'telemetry.write':
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
    case 'session.create':
    case 'session.terminate':
    case 'session.delete':
    case 'session.run':
    case 'workflow.run':
    case 'model.register':
    case 'model.deploy':
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
    case 'grant.revoke':
    case 'policy.change':
    case 'iam.change':
    case 'log.change':
    case 'template.change':
    case 'network.change':
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
/** Few distinct days pass through a process; the map is emptied before hostile dates can grow it. */
const MAX_DAYS_KNOWN = 4096;

/** Adds whole days to the date part of a canonical timestamp; `time` keeps its nanoseconds. */
export function createExpiry(): (time: string, days: number) => string {
  const known = new Map<string, string>();
  return (time, days) => {
    const date = time.slice(0, 10);
    const key = `${date}+${days}`;
    let later = known.get(key);
    if (later === undefined) {
      if (known.size >= MAX_DAYS_KNOWN) known.clear();
      const moved = Date.parse(`${date}T00:00:00Z`) + days * 86_400_000;
      const text = new Date(moved).toISOString();
      later = text.startsWith('+') ? LAST_DAY : text.slice(0, 10);
      known.set(key, later);
    }
    return later + time.slice(10);
  };
}
