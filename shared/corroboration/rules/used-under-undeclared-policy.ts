import { evidence, textOf } from '../../detections/evidence.ts';
import { beginsWork, START_CALLS, whoOf } from '../../detections/kinds.ts';
import type { Action } from '../../model/event.ts';
import type { TrailEvent } from '../../model/trail-event.ts';
import { isPassed } from '../call-records.ts';
import { citedAs } from '../cite.ts';
import { DEPLOYED_CHANGES, RECORD_WINDOW_MS } from '../deploy-record.ts';
import { isDeclaredChange } from '../gates/declared-change.ts';
import { gatesOf, gatesPassed, passedThrough, whoseRights } from '../gates/gate.ts';
import { letInByGateway } from '../gates/gateway.ts';
import { letInByIam } from '../gates/iam.ts';
import type { LetIn, Passed } from '../gates/let-in.ts';
import { letInByMesh } from '../gates/mesh.ts';
import { anchorOf, defineRule, type Context, type Judgement, type Outcome } from '../rule.ts';
import { recordedAs } from '../same-identity.ts';
import { around, back, forth } from '../span.ts';

const ACCESS: readonly Action[] = ['data.read', 'data.write', 'data.delete', 'data.share'];
const CHANGES: readonly Action[] = ['policy.change', 'iam.change', 'log.change'];

export const usedUnderUndeclaredPolicy = defineRule({
  id: 'used-under-undeclared-policy',
  number: 'D09',
  version: 1,
  kind: 'correlate',
  title: 'Action that only an undeclared policy version let through',
  severity: 'critical',
  why: 'A policy that is opened by hand, used and closed again looks as before; what passed in between is what it was opened for.',
  runbook: [
    'Compare `policy` with the reviewed repository, and both versions with each other (`change`, `before`: query policy-history).',
    'Treat what `who` did since `changedAt` as unauthorised: list it (query jobs-of-principal) and take it back where that is possible.',
    'Ask `changedBy` for the incident; that the change was reverted does not close this.',
  ],
  evidence: [
    'policy',
    'who',
    'action',
    'job',
    'resource',
    'why',
    'change',
    'changedAt',
    'changedBy',
    'before',
  ],
  maps: { attack: ['T1685', 'T1078.004'], soc2: ['CC6.1', 'CC8.1', 'CC7.3'], iso27001: ['A.8.32', 'A.5.15'] },
  peers: [],
  gaps: [
    'One policy is taken at a time: whether another of the same namespace would have let it through shows only in what passed before.',
    'Rules of the mesh that look at headers, ports, addresses or end users, and labels of workloads other than their name, are undetermined.',
    'Access to data hangs on roles of every level: without a refusal from before it is undetermined.',
    'Access to data is judged of people and agents: what other accounts touch is too much to be kept by who did it.',
    'Where no deployers are declared, no version is a declared one, and nothing is judged.',
    'A role that was given to a group, or to everybody, is found as a grant, not by its use.',
  ],
  sources: [
    'kubernetes',
    'kong',
    'iam',
    'istio',
    'dataproc',
    'dataflow',
    'databricks',
    'bigquery',
    'spanner',
    'storage',
  ],
  on: [
    ...new Set([
      ...START_CALLS,
      ...ACCESS,
      ...CHANGES,
      'api.call' as const,
      'schema.change' as const,
      'deploy' as const,
    ]),
  ],
  anchors: (record, context) => {
    if (record.kind !== 'event' || !context.declared.hasDeployers) return [];
    const { event } = record;
    const opened = CHANGES.includes(event.action)
      ? passedSince(namesOfGates(event), event.time, context)
      : event.action === 'deploy'
        ? changesAround(event.time, context).flatMap((change) =>
            passedSince(namesOfGates(change), change.time, context),
          )
        : passedAfterAttempt(event, context);
    return [...(isSuccess(event) ? [record] : []), ...opened.map(anchorOf)];
  },
  judge: (anchor, context) =>
    anchor.kind === 'event' && context.declared.hasDeployers && isSuccess(anchor.event)
      ? judge(anchor.event, context)
      : [],
});

/** How long an undeclared version is looked back to; one that stays longer is told by its own finding. */
const WINDOW_MS = 30 * 86_400_000;

/** A start that a hop let through, work that was begun, or data that was touched. */
const isSuccess = (event: TrailEvent): boolean =>
  event.action === 'api.call'
    ? isPassed(event)
    : event.provenance !== 'tenant' &&
      (beginsWork(event) || (ACCESS.includes(event.action) && event.outcome === 'allowed'));

/** What a deploy record may tell of. */
const changesAround = (time: string, { facts }: Context): readonly TrailEvent[] =>
  facts.witnesses('change', DEPLOYED_CHANGES, around(time, RECORD_WINDOW_MS));

/** Of the gateway also names of routes and services: plugins know them by their ids alone. */
const namesOfGates = (change: TrailEvent): readonly string[] =>
  change.source === 'kong' && change.action === 'policy.change'
    ? [`gateway|${change.project ?? '-'}`]
    : gatesOf(change);

/**
 * What a change may have let through: a declared version closes what an undeclared one had opened, and all of them may come late.
 * Of what comes in its order, little is there of later times.
 */
const passedSince = (gates: readonly string[], from: string, { facts }: Context): readonly TrailEvent[] =>
  gates
    .flatMap((gate) => {
      const span = { from, until: EVER };
      const whose = whoseRights(gate);
      return whose === undefined
        ? facts.witnesses('gate', passedThrough(gate), span)
        : recordedAs(whose).flatMap((who) => [
            ...facts.witnesses('start', who, span),
            ...facts.witnesses('access', who, span),
          ]);
    })
    .filter(isSuccess);

const EVER = '9999-12-31T23:59:59.999999999Z';

/** What became of an attempt before a change tells what the change did. */
const passedAfterAttempt = (event: TrailEvent, context: Context): readonly TrailEvent[] =>
  gatesPassed(event).flatMap((gate) => {
    const [change] = context.facts.witnesses('gate', gate, { from: event.time, until: EVER });
    return change === undefined ? [] : passedSince([gate], change.time, context);
  });

function judge(event: TrailEvent, context: Context): readonly Judgement[] {
  const { declared, facts } = context;
  const passed: Passed = { event, declared, facts };
  const found = new Map<string, LetIn>();
  for (const gate of gatesPassed(event)) {
    const changes = facts
      .witnesses('gate', gate, back(event.time, WINDOW_MS))
      .filter((one) => one.id !== event.id);
    for (const change of changes) {
      if (isDeclaredChange(change, changes, declared, facts)) continue;
      const letIn =
        whoseRights(gate) !== undefined
          ? letInByIam(change, changes, passed)
          : change.source === 'kong'
            ? letInByGateway(change, passed)
            : letInByMesh(change, passed);
      const known = letIn === undefined ? undefined : found.get(letIn.policy);
      if (letIn !== undefined && (known === undefined || known.says === 'unknown'))
        found.set(letIn.policy, letIn);
    }
  }
  return [...found.values()].map((letIn) => judgementOf(event, letIn, context));
}

function judgementOf(event: TrailEvent, letIn: LetIn, { declared }: Context): Judgement {
  const { change, policy } = letIn;
  // The latest that a change before the use may come.
  const until = forth(event.time, declared.corroboration.lateness(change.source)).until;
  return {
    verdict: 'waiting',
    about: policy,
    until,
    on: [change.source],
    otherwise: outcomeOf(event, letIn),
  };
}

function outcomeOf(event: TrailEvent, letIn: LetIn): Outcome {
  const { policy, change, before, says, why } = letIn;
  const about = policy;
  const cited = [
    citedAs('use', event),
    citedAs('change', change),
    ...(before === undefined ? [] : [citedAs('before', before)]),
  ];
  if (says === 'unknown')
    return { verdict: 'undetermined', about, cited, reason: `${policy} was changed outside of CI: ${why}` };
  return {
    verdict: 'violated',
    about,
    cited,
    found: {
      key: `${policy} ${event.actor?.id ?? '-'}`,
      summary: `${whoOf(event)} did what only a version of ${policy} that nobody reviewed let through.`,
      evidence: evidence(
        ['policy', policy],
        ['who', event.actor?.id],
        ['action', event.action === 'api.call' ? (event.callKey ?? event.method) : event.action],
        ['job', event.job],
        ['resource', event.resource],
        ['why', why],
        ['change', change.id],
        ['changedAt', change.time],
        ['changedBy', change.actor?.id ?? textOf(change.claims, 'rbacUser')],
        ['before', before?.id],
      ),
    },
  };
}
