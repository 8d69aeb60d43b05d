/** What is new or dormant hangs on the days before: a record of one of them that comes last asks about what hung on it. */
import { describe, expect, it } from 'vitest';
import { anchorOfSighting } from '../../shared/corroboration/anchors.ts';
import { createFactCache } from '../../shared/corroboration/fact-cache.ts';
import { anchorOf, type Rule } from '../../shared/corroboration/rule.ts';
import { agentMethodFirstSeen } from '../../shared/corroboration/rules/agent-method-first-seen.ts';
import { delegationStepFirstSeen } from '../../shared/corroboration/rules/delegation-step-first-seen.ts';
import { dormantIdentityRunsJob } from '../../shared/corroboration/rules/dormant-identity-runs-job.ts';
import { BASELINE_RULES } from '../../shared/corroboration/rules/index.ts';
import { settle } from '../../shared/corroboration/settle.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import type { PrincipalId } from '../../shared/model/principal.ts';
import type { TrailEvent } from '../../shared/model/trail-event.ts';
import { bundleOf } from '../detections/cases.ts';
import { actorOf, eventOf } from '../policy/support/events.ts';
import { memoryFacts, type Recorded } from './memory.ts';

const ACCOUNT = 'service-account:google:close@shop-prod.iam.gserviceaccount.com';
const PERSON = 'user:google:ana@example.com';
const AGENT = 'agent:google:bot@shop-prod.iam.gserviceaccount.com';
const BUNDLE = bundleOf({
  config: {
    delegations: [['x@example.com', 'y@example.com']],
    lanes: { reports: { actions: ['data.read'] } },
  },
  policies: '',
});

let count = 0;
const on = (day: string, more: Partial<TrailEvent>): TrailEvent =>
  eventOf(more.action ?? 'job.submit', {
    id: (++count).toString(16).padStart(64, '0'),
    time: `${day}T12:00:00.000000000Z`,
    ...more,
  });
const told = (event: TrailEvent): Recorded => ({ event, rows: [], beside: {} });

/** Which anchors are judged, and how, when one record comes after all the others. */
async function askedBy(rule: Rule, last: TrailEvent, before: readonly TrailEvent[]) {
  const left = memoryFacts([told(last)], () => BUNDLE.facts);
  const facts = memoryFacts([...before, last].map(told), () => BUNDLE.facts);
  const { judged } = await settle([anchorOf(last), ...left.sightings.map(anchorOfSighting)], {
    rules: [rule],
    bundleAt: () => BUNDLE,
    load: facts.load,
    cache: createFactCache(),
  });
  return judged.map(({ anchor, judgements }) => ({
    id: anchor.id,
    verdicts: judgements.map(({ verdict }) => verdict),
  }));
}

const look = (day: string, who: string): TrailEvent =>
  on(day, { action: 'metadata.read', actor: actorOf(who), job: undefined });
const env = look('2026-01-01', 'user:google:ops@example.com');

describe('a dormant identity', () => {
  const old = look('2026-02-01', ACCOUNT);
  const start = on('2026-09-01', { actor: actorOf(ACCOUNT) });
  const again = on('2026-09-02', { actor: actorOf(ACCOUNT) });

  it('was not away where a day in between comes to be known', async () => {
    expect(await askedBy(dormantIdentityRunsJob, start, [env, old, again])).toContainEqual({
      id: start.id,
      verdicts: ['violated'],
    });
    const between = look('2026-08-20', ACCOUNT);
    expect(await askedBy(dormantIdentityRunsJob, between, [env, old, start, again])).toEqual([
      { id: start.id, verdicts: [] },
    ]);
  });

  it('asks about nothing that a later day decides already', async () => {
    const older = look('2026-01-15', ACCOUNT);
    expect(await askedBy(dormantIdentityRunsJob, older, [env, old, start])).toEqual([]);
  });

  it('is judged by its making where that comes last', async () => {
    const made = on('2026-08-01', {
      action: 'iam.change',
      source: 'iam',
      method: 'google.iam.admin.v1.CreateServiceAccount',
      actor: actorOf('user:google:ops@example.com'),
      claims: { serviceAccount: 'close@shop-prod.iam.gserviceaccount.com' },
      job: undefined,
    });
    const asked = await askedBy(dormantIdentityRunsJob, made, [env, start]);
    expect(asked).toContainEqual({ id: start.id, verdicts: ['violated'] });
  });

  it('is none whose records anybody could have written', async () => {
    expect(await askedBy(dormantIdentityRunsJob, { ...start, provenance: 'tenant' }, [env, old])).toEqual([
      { id: start.id, verdicts: [] },
    ]);
  });
});

describe('a step of a delegation', () => {
  const by = [{ id: PERSON as PrincipalId, recordedBy: 'x' }];
  const start = on('2026-09-20', { actor: actorOf(ACCOUNT), actingFor: by });
  const second = on('2026-09-21', { actor: actorOf(ACCOUNT), actingFor: by });

  it('is not new where an earlier day comes to be known', async () => {
    expect(await askedBy(delegationStepFirstSeen, start, [env, second])).toContainEqual({
      id: start.id,
      verdicts: ['violated'],
    });
    const earlier = on('2026-09-01', { actor: actorOf(ACCOUNT), actingFor: by });
    expect(await askedBy(delegationStepFirstSeen, earlier, [env, start, second])).toEqual([
      { id: earlier.id, verdicts: ['violated'] },
      { id: start.id, verdicts: [] },
    ]);
  });

  it('asks about no other step of the same account', async () => {
    const other = on('2026-09-01', {
      actor: actorOf(ACCOUNT),
      actingFor: [{ id: 'user:google:ben@example.com' as PrincipalId, recordedBy: 'x' }],
    });
    expect((await askedBy(delegationStepFirstSeen, other, [env, start])).map(({ id }) => id)).toEqual([
      other.id,
    ]);
  });
});

describe('a method of an agent', () => {
  const bot = actorOf(AGENT, { lane: 'reports' });
  const plant = (day: string): TrailEvent =>
    on(day, { action: 'template.change', method: 'CreateWorkflowTemplate', actor: bot, job: undefined });

  it('is not new where an earlier day comes to be known', async () => {
    const [first, second, earlier] = [plant('2026-09-20'), plant('2026-09-20'), plant('2026-09-01')];
    expect(await askedBy(agentMethodFirstSeen, first, [env, second])).toContainEqual({
      id: first.id,
      verdicts: ['violated'],
    });
    expect(await askedBy(agentMethodFirstSeen, earlier, [env, first, second])).toEqual([
      { id: earlier.id, verdicts: ['violated'] },
      { id: first.id, verdicts: [] },
      { id: second.id, verdicts: [] },
    ]);
  });
});

describe('rules that raise a detection', () => {
  it('have its id, so that one alert tells both, and a version of their own', () => {
    for (const rule of BASELINE_RULES) {
      const detection = DETECTIONS.find(({ id }) => id === rule.id);
      expect(detection).toBeDefined();
      expect(rule.version).not.toBe(detection?.version);
      expect(rule.number).toBe(detection?.number);
    }
  });
});
