/** Events at the edge of what rules judge, each with a change of the right rule: what is found, or how it errs, is golden. */
import type { DeclaredFacts } from '../../../shared/detections/declared-facts.ts';
import type { Detection, Looked } from '../../../shared/detections/detection.ts';
import { MAX_LIST } from '../../../shared/detections/own/event-view.ts';
import type { TrailEvent } from '../../../shared/model/trail-event.ts';

const EVENT: TrailEvent = {
  id: '0'.repeat(64),
  time: '2026-03-02T02:10:00.000000000Z',
  receiveTime: undefined,
  source: 'dataproc',
  action: 'job.cancel',
  outcome: 'allowed',
  method: 'google.cloud.dataproc.v1.JobController.CancelJob',
  status: undefined,
  actor: undefined,
  actingFor: [],
  keyName: undefined,
  runAs: undefined,
  peer: undefined,
  job: undefined,
  jobName: undefined,
  parentJob: undefined,
  operation: undefined,
  resource: undefined,
  project: undefined,
  location: undefined,
  environment: undefined,
  via: 'direct',
  provenance: 'provider',
  callKey: undefined,
  requestId: undefined,
  datasets: [],
  claims: {},
  logName: undefined,
  insertId: undefined,
  split: undefined,
  bindings: [],
};

export const lookedAt = (facts: DeclaredFacts, event: Partial<TrailEvent>): Looked => ({
  event: { ...EVENT, ...event },
  decision: undefined,
  declared: facts,
});

interface Edge {
  readonly what: string;
  readonly where?: string;
  readonly key?: string;
  readonly evidence?: string;
  readonly event?: Partial<TrailEvent>;
  readonly decision?: Looked['decision'];
}

const gs = (count: number): TrailEvent['datasets'] =>
  Array.from({ length: count }, (_, n) => ({ dataset: `gs://b/${n}`, op: 'read' as const }));
const walk = 'event.reads.size() > 0 && event.reads.size() < 10';
const listed = (name: string): string => `event.${name}.size() > 1000000`;
const ops = (op: 'read' | 'write' | 'use') => ({
  datasets: gs(MAX_LIST + 1).map(({ dataset }) => ({ dataset, op })),
});

export const EDGES: readonly Edge[] = [
  {
    what: 'everything empty',
    where:
      '[event.runAs, event.job, event.jobName, event.resource, event.project, event.location, event.environment, event.keyName, event.actor.id, event.actor.kind, event.actor.proof, decision.outcome, classificationOf("gs://x")].all(t, t == "") && !inGroup("", "") && !isAgent("") && !isDeployer("") && decision.policies.size() == 0',
    key: '"empty"',
  },
  {
    what: 'policies that decided',
    where: 'decision.policies == ["a", "b"]',
    key: 'decision.outcome',
    decision: { outcome: 'permitted', policies: ['a', 'b'], waitsFor: [] },
  },
  {
    what: 'evidence of whole numbers',
    evidence: 'event.claims["n"]',
    key: '"k"',
    event: { claims: { n: 9007199254740991 } },
  },
  {
    what: 'whole numbers are counted with',
    where: 'event.claims["n"] % 2 == 1 && event.claims["n"] + 1 == 6',
    key: '"k"',
    event: { claims: { n: 5 } },
  },
  {
    what: 'evidence of fractions',
    evidence: 'event.claims["n"]',
    key: '"k"',
    event: { claims: { n: 0.25 } },
  },
  {
    what: 'evidence of a number beyond what is whole',
    evidence: 'event.claims["n"]',
    key: '"k"',
    event: { claims: { n: 2 ** 60 } },
  },
  {
    what: 'evidence of true and false',
    evidence: 'event.claims["n"]',
    key: '"k"',
    event: { claims: { n: false } },
  },
  { what: 'evidence of time', evidence: 'event.time', key: '"k"' },
  { what: 'evidence that is empty is left out', evidence: 'event.project', key: '"k"' },
  {
    what: 'evidence of a list behind dyn',
    evidence: 'event.claims["n"] == 1 ? event.claims["n"] : event.claims["n"]',
    key: '"k"',
    event: { claims: { n: 2 } },
  },
  {
    what: 'evidence as long as is kept',
    evidence: 'event.project',
    key: '"k"',
    event: { project: 'p'.repeat(1024) },
  },
  {
    what: 'evidence longer than is kept',
    evidence: 'event.project',
    key: '"k"',
    event: { project: 'p'.repeat(1025) },
  },
  { what: 'evidence that errs', evidence: 'event.claims["n"]', key: '"k"' },
  { what: 'a key longer than is kept', key: 'event.project', event: { project: 'p'.repeat(1025) } },
  { what: 'an empty key', key: 'event.project' },
  { what: 'a key that is no text', key: 'event.claims["n"]', event: { claims: { n: 1 } } },
  { what: 'a key of a claim', key: 'event.claims["n"]', event: { claims: { n: 'x' } } },
  { what: 'a key that errs', key: 'event.claims["n"]' },
  { what: 'a condition of a claim', where: 'event.claims["n"]', key: '"k"', event: { claims: { n: true } } },
  {
    what: 'a condition of a claim that is no truth',
    where: 'event.claims["n"]',
    key: '"k"',
    event: { claims: { n: 'yes' } },
  },
  { what: 'a condition that errs', where: 'event.claims["n"] == 1', key: '"k"' },
  {
    what: 'a list as long as is walked',
    where: 'event.datasets.exists(d, d == "gs://b/499")',
    key: '"k"',
    event: { datasets: gs(MAX_LIST) },
  },
  {
    what: 'a longer list',
    where: 'event.datasets.exists(d, d == "gs://b/0")',
    key: '"k"',
    event: { datasets: gs(MAX_LIST + 1) },
  },
  { what: 'longer reads', where: listed('reads'), event: ops('read') },
  { what: 'longer writes', where: listed('writes'), event: ops('write') },
  { what: 'longer uses', where: listed('uses'), event: ops('use') },
  {
    what: 'a longer chain',
    where: listed('actingFor'),
    event: {
      actingFor: Array.from({ length: 501 }, () => ({ id: 'user:google:a@b.c' as never, recordedBy: '' })),
    },
  },
  {
    what: 'as many claims as are walked',
    where: '"c499" in event.claims',
    key: '"k"',
    event: { claims: Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`c${n}`, n])) },
  },
  {
    what: 'more claims',
    where: '"c1" in event.claims',
    key: '"k"',
    event: { claims: Object.fromEntries(Array.from({ length: 501 }, (_, n) => [`c${n}`, n])) },
  },
  {
    what: 'only what is read',
    where: walk,
    key: 'event.reads.join(",")',
    event: { datasets: [...gs(2), { dataset: 'gs://w', op: 'write' }] },
  },
  // JavaScript reads these patterns otherwise, or not at all.
  {
    what: 'a pattern of RE2 only',
    where: String.raw`event.resource.matches("(?i)^\\pN+abc\\z")`,
    key: '"k"',
    event: { resource: '12ABC' },
  },
  {
    what: 'patterns inside of everything',
    where: '![event.resource].exists(r, !(r.matches("(?i)^ABC") ? true : r.matches("(?i)x"))) && !false',
    key: '"k"',
    event: { resource: 'abc' },
  },
  {
    what: 'one pattern twice',
    where: 'event.resource.matches("(?i)^A") && event.resource.matches("(?i)C$")',
    key: '"k"',
    event: { resource: 'abc' },
  },
  {
    what: 'a pattern that costs too much',
    where: 'event.resource.matches("(?:[a-z]{1,50}y){10}")',
    key: '"k"',
    event: { resource: 'x'.repeat(200_000) },
  },
  { what: 'somebody nobody named', key: '"k"' },
];

/** The right rule with what the edge says instead. */
export const changed = (right: string, { where = 'true', key, evidence }: Edge): string =>
  right
    .replace(/where: \|\n[\s\S]*?\nkey:/, () => `where: |\n  ${where}\nkey:`)
    .replace('key: event.job', () => (key === undefined ? 'key: event.job' : `key: '${key}'`))
    .replace('[who, event.actor.id]', () =>
      evidence === undefined ? '[who, event.actor.id]' : `[who, '${evidence}']`,
    );

/** What is found, or the words it errs with. */
export function outcomeOf(
  detection: Detection,
  facts: DeclaredFacts,
  { event = {}, decision }: Edge,
): unknown {
  try {
    return detection.decide({ ...lookedAt(facts, event), decision });
  } catch (error) {
    return String(error);
  }
}
