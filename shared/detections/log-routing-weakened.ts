import { filterOf } from '../logging-query/filter.ts';
import type { TrailClaims } from '../model/trail-event.ts';
import { defineChangeDetection, masks, type Change } from './change.ts';
import type { DeclaredFacts } from './declared-facts.ts';
import { byDeployer } from './deployers.ts';
import type { Found } from './detection.ts';
import { evidence, isCut, isTrue, textOf } from './evidence.ts';
import { isDone, whoOf } from './kinds.ts';
import { keptBy, keptBySink, keptNames, lostBetween, namesOf } from './kept-entries.ts';

export const logRoutingWeakened = defineChangeDetection({
  id: 'log-routing-weakened',
  number: 'L05',
  version: 2,
  title: 'Sink or exclusion now drops job, mesh or audit logs',
  severity: 'high',
  why: 'What is not routed never arrives here: jobs go on, and their entries end where nobody looks, or nowhere.',
  runbook: [
    'Read `lost`: which kinds of entries no longer arrive through `sink`, and `what` was changed.',
    'Put the sink back as it was; what was dropped in between is lost unless another bucket has it.',
    'Compare jobs as the APIs list them with those recorded since (query jobs): all without entries were in the gap.',
  ],
  evidence: ['sink', 'what', 'lost', 'destination', 'filter', 'by'],
  maps: {
    attack: ['T1685.002'],
    soc2: ['CC7.2', 'CC8.1'],
    iso27001: ['A.8.15', 'A.5.28'],
  },
  peers: [
    'Panther gcp_logging_sink_modified (any change)',
    'Panther gcp_log_bucket_or_sink_deleted',
    'Elastic exfiltration_gcp_logging_sink_modification and defense_evasion_gcp_logging_sink_deletion',
    'Stratus gcp.defense-evasion.delete-logging-sink and disable-logging-sink',
  ],
  gaps: [
    'A sink is judged by itself: that another one routes the same entries is not looked at.',
    'Filters by time, by parts of the language that are not read here, or by values no sample has.',
  ],
  sources: ['logging'],
  on: ['log.change'],
  compare: (change, declared) => {
    const { event } = change;
    if (!isDone(event) || event.source !== 'logging') return [];
    const judged = judge(change, declared);
    return judged === undefined ? [] : [found(change, judged)];
  },
});

interface Judged {
  readonly what: string;
  readonly lost?: readonly string[] | undefined;
  readonly unsure?: true;
}

function judge(change: Change, declared: DeclaredFacts): Judged | undefined {
  const { event, before, after } = change;
  switch (event.method.slice(event.method.lastIndexOf('.') + 1)) {
    case 'CreateSink':
      return isTrue(after, 'interceptChildren') ? { what: INTERCEPTS } : undefined;
    case 'UpdateSink':
      return before !== undefined && isTrue(before, 'disabled') ? undefined : sinkChanged(change, declared);
    case 'DeleteSink': {
      const kept = before === undefined ? undefined : keptNames(keptBySink(before, event.project));
      return isTrue(before ?? {}, 'disabled') || kept?.length === 0
        ? undefined
        : { what: 'the sink is deleted', lost: kept };
    }
    case 'CreateExclusion':
      return excludes(change, {});
    case 'UpdateExclusion':
      return told(after, 'filter') || told(after, 'disabled') ? excludes(change, before) : undefined;
    case 'UpdateSettings':
      return isTrue(after, 'disableDefaultSink') &&
        told(after, 'disableDefaultSink') &&
        !isTrue(before ?? {}, 'disableDefaultSink')
        ? { what: 'new containers get no default sink' }
        : undefined;
    default:
      return undefined;
  }
}

const INTERCEPTS = 'entries no longer reach the sinks of the projects below';

/** Whether the call set the field: without a mask it may have. */
const told = (claims: TrailClaims, field: string): boolean => masks(textOf(claims, 'updateMask'), field);

function sinkChanged(change: Change, declared: DeclaredFacts): Judged | undefined {
  const { before, after } = change;
  const was = before ?? {};
  if (told(after, 'disabled') && isTrue(after, 'disabled')) return { what: 'the sink is disabled' };
  if (
    told(after, 'interceptChildren') &&
    isTrue(after, 'interceptChildren') &&
    !isTrue(was, 'interceptChildren')
  )
    return { what: INTERCEPTS };
  const childless = told(after, 'includeChildren') && !isTrue(after, 'includeChildren');
  if (childless && isTrue(was, 'includeChildren')) return { what: 'projects below are left out' };
  const moved = moves(change, declared);
  if (moved !== undefined && moved.unsure !== true) return moved;
  const dropped = drops(change);
  if (dropped !== undefined && dropped.unsure !== true) return dropped;
  const left = childless && before === undefined && textOf(after, 'updateMask') !== undefined;
  return moved ?? dropped ?? (left ? { what: 'projects below may be left out', unsure: true } : undefined);
}

function moves({ event, before, after }: Change, declared: DeclaredFacts): Judged | undefined {
  const destination = textOf(after, 'destination');
  if (destination === undefined || !told(after, 'destination')) return undefined;
  if (before !== undefined && textOf(before, 'destination') === destination) return undefined;
  if (isForeign(destination, declared)) return { what: 'the destination is none of the organisation’s' };
  if (byDeployer(event, declared)) return undefined;
  return before === undefined
    ? { what: 'the destination may have changed', unsure: true }
    : { what: 'the destination is another' };
}

/** `pubsub.googleapis.com/projects/P/topics/T`, `storage.googleapis.com/BUCKET`, … */
function isForeign(destination: string, declared: DeclaredFacts): boolean {
  const bucket = /^storage\.googleapis\.com\/([^/]+)$/.exec(destination)?.[1];
  if (bucket !== undefined) return declared.isOwnBucket(bucket) === false;
  const project = /\/projects\/([^/]+)/.exec(destination)?.[1];
  return project !== undefined && declared.isOwnProject(project) === false;
}

/** The old filter and the new one put to the entries that must be kept. */
function drops({ event, before, after }: Change): Judged | undefined {
  const filter = told(after, 'filter');
  const exclusions = told(after, 'exclusions');
  if (!filter && !exclusions) return undefined;
  if (isCut(after, 'exclusionFilters')) return { what: 'more exclusions than are listed', unsure: true };
  // What the mask leaves out is as it was, wherever the entry tells only what it sets.
  const left = [...(filter ? [] : ['filter']), ...(exclusions ? [] : ['exclusionFilters'])];
  const now = keptBySink(before === undefined ? after : withFrom(before, after, left), event.project);
  const old =
    before === undefined
      ? keptBySink({ ...after, exclusionFilters: '' }, event.project)
      : keptBySink(before, event.project);
  const { lost, unsure } = lostBetween(old, now);
  if (lost.length > 0 && (before !== undefined || exclusions))
    return { what: exclusions ? 'an exclusion, or a narrower filter' : 'a narrower filter', lost };
  if (unsure.length > 0)
    return { what: 'parts of the filter are not understood', lost: unsure, unsure: true };
  const missing = keptNames(now).length < now.size;
  return before === undefined && filter && missing
    ? { what: 'the filter may have been wider', unsure: true }
    : undefined;
}

function withFrom(before: TrailClaims, after: TrailClaims, names: readonly string[]): TrailClaims {
  const kept = names.map((name) => [name, before[name] ?? ''] as const);
  return { ...after, ...Object.fromEntries(kept) };
}

/** An exclusion by itself, of everything that the default sink keeps. */
function excludes({ event, after }: Change, before: TrailClaims | undefined): Judged | undefined {
  if (isTrue(after, 'disabled')) return undefined;
  const filter = textOf(after, 'filter') ?? (before === undefined ? undefined : textOf(before, 'filter'));
  if (filter === undefined) return { what: 'the exclusion is on; its filter is not told', unsure: true };
  if (filterOf(filter).samples) return undefined;
  const all = keptBy({ filter: '', exclusions: [] }, event.project);
  const old = before === undefined || isTrue(before, 'disabled') ? undefined : textOf(before, 'filter');
  const was = old === undefined ? all : keptBy({ filter: '', exclusions: [old] }, event.project);
  const { lost, unsure } = lostBetween(was, keptBy({ filter: '', exclusions: [filter] }, event.project));
  if (lost.length > 0) return { what: 'an exclusion', lost };
  return unsure.length === 0
    ? undefined
    : { what: 'parts of the exclusion are not understood', lost: unsure, unsure: true };
}

function found({ event, after }: Change, { what, lost, unsure }: Judged): Found {
  const sink = event.resource ?? textOf(after, 'sink') ?? event.id;
  const names = lost === undefined ? undefined : namesOf(lost);
  return {
    key: sink,
    summary: `${whoOf(event)} changed what ${sink} routes: ${what}${names === undefined ? '' : ` (${names})`}.`,
    evidence: evidence(
      ['sink', sink],
      ['what', what],
      ['lost', names],
      ['destination', textOf(after, 'destination')],
      ['filter', textOf(after, 'filter')?.slice(0, 500)],
      ['by', event.actor?.id],
    ),
    ...(unsure === true ? { verdict: 'undetermined' as const } : {}),
  };
}
