/**
 * An event as CEL expressions see it: the names and types of docs/own-rules.md, and nothing else. What an entry does not
 * tell is an empty text, as unset fields are in CEL; a claim that is not there is an error unless asked for with `in`.
 */
import type { ObjectSchema } from '@marcbachmann/cel-js';
import type { DatasetOp } from '../../model/event.ts';
import type { TrailEvent } from '../../model/trail-event.ts';
import type { Looked } from '../detection.ts';

/** Items of one list that an expression may walk: its cost is counted with this many. */
export const MAX_LIST = 500;

export const EVENT_FIELDS: ObjectSchema = {
  id: 'string',
  time: 'google.protobuf.Timestamp',
  source: 'string',
  action: 'string',
  outcome: 'string',
  method: 'string',
  actor: { id: 'string', kind: 'string', proof: 'string' },
  actingFor: 'list<string>',
  runAs: 'string',
  job: 'string',
  jobName: 'string',
  resource: 'string',
  project: 'string',
  location: 'string',
  environment: 'string',
  via: 'string',
  provenance: 'string',
  keyName: 'string',
  datasets: 'list<string>',
  reads: 'list<string>',
  writes: 'list<string>',
  uses: 'list<string>',
  claims: 'map<string, dyn>',
};

export const DECISION_FIELDS: ObjectSchema = { outcome: 'string', policies: 'list<string>' };

/** Values are made when an expression asks for them: most rules read two or three. */
export function viewOf({ event, decision }: Looked): Record<string, unknown> {
  return {
    event: {
      id: event.id,
      // CEL times have milliseconds here; the nanoseconds of the event are cut.
      get time() {
        return new Date(event.time);
      },
      source: event.source,
      action: event.action,
      outcome: event.outcome,
      method: event.method,
      get actor() {
        const { id = '', kind = '', proof = '' } = event.actor ?? {};
        return { id, kind, proof };
      },
      get actingFor() {
        return limited(
          'actingFor',
          event.actingFor.map((link) => link.id),
        );
      },
      runAs: event.runAs ?? '',
      job: event.job ?? '',
      jobName: event.jobName ?? '',
      resource: event.resource ?? '',
      project: event.project ?? '',
      location: event.location ?? '',
      environment: event.environment ?? '',
      via: event.via,
      provenance: event.provenance,
      keyName: event.keyName ?? '',
      get datasets() {
        return limited(
          'datasets',
          event.datasets.map(({ dataset }) => dataset),
        );
      },
      get reads() {
        return datasets(event, 'read', 'reads');
      },
      get writes() {
        return datasets(event, 'write', 'writes');
      },
      get uses() {
        return datasets(event, 'use', 'uses');
      },
      get claims() {
        return claimsOf(event);
      },
    },
    decision: { outcome: decision?.outcome ?? '', policies: [...(decision?.policies ?? [])] },
  };
}

const datasets = (event: TrailEvent, op: DatasetOp, name: string): readonly string[] =>
  limited(
    name,
    event.datasets.flatMap((one) => (one.op === op ? [one.dataset] : [])),
  );

/** A longer list is not cut: what a rule did not look at it has not judged. */
function limited(name: string, items: readonly string[]): readonly string[] {
  if (items.length <= MAX_LIST) return items;
  throw new RangeError(`event.${name} has ${items.length} items; rules read ${MAX_LIST} at most`);
}

/** Whole numbers are CEL's `int`, so that `== 200` and `>= 200` hold; others `double`. */
function claimsOf(event: TrailEvent): ReadonlyMap<string, unknown> {
  const entries = Object.entries(event.claims);
  if (entries.length > MAX_LIST) throw new RangeError(`event.claims has ${entries.length} items`);
  return new Map(
    entries.map(([name, value]) => [
      name,
      typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value,
    ]),
  );
}
