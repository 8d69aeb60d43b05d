import { readYaml } from '../config/yaml-text.ts';
import { filterOf } from '../logging-query/filter.ts';
import type { TrailClaims } from '../model/trail-event.ts';
import { isObject, own, str } from '../sources/fields.ts';
import { logsSuccess } from './access-log-filter.ts';
import { parseJson } from './claimed-json.ts';
import { defineChangeDetection, type Change } from './change.ts';
import type { DeclaredFacts } from './declared-facts.ts';
import type { Found } from './detection.ts';
import { evidence, isTrue, listOf, textOf } from './evidence.ts';
import { entityOf, verbOf } from './gateway-entity.ts';
import { isDone, whoOf } from './kinds.ts';
import { keptBy } from './kept-entries.ts';

export const logsSampledOut = defineChangeDetection({
  id: 'logs-sampled-out',
  number: 'L10',
  version: 2,
  title: 'Sampling or filtering hides successful calls',
  severity: 'high',
  why: 'A log that keeps errors and drops successes looks alive, and what was done with success is in no record.',
  runbook: [
    'Read `what` and `filter` of `object`: which calls are no longer written.',
    'Take it back, by GitOps; noise such as health checks is dropped by its path, not by its answer.',
    'Treat successful calls of `scope` since the change as unknown; the audit log is the other witness.',
  ],
  evidence: ['object', 'scope', 'what', 'filter', 'by'],
  maps: { attack: ['T1685.002'], soc2: ['CC7.2'], iso27001: ['A.8.15'] },
  peers: [],
  gaps: [
    'Tail sampling in a collector, and a fall of the share of successes at run time, are not seen here.',
    'A telemetry of one workload counts for its namespace.',
  ],
  sources: ['logging', 'kubernetes'],
  on: ['log.change', 'policy.change'],
  compare: (change, declared) => {
    const { event } = change;
    if (!isDone(event) || verbOf(event) === 'delete') return [];
    if (event.source === 'logging') return ofFilters(change);
    if (event.source !== 'kubernetes') return [];
    switch (textOf(change.after, 'kind') ?? '') {
      case 'telemetry.istio.io/telemetries':
        return ofTelemetry(change, declared);
      case 'networking.istio.io/envoyfilters':
        return isTrue(change.after, 'touchesAccessLog') && !isTrue(change.before ?? {}, 'touchesAccessLog')
          ? [found(change, 'an Envoy filter that changes the access log')]
          : [];
      case 'core/configmaps':
        return ofMesh(change);
      default:
        return [];
    }
  },
});

function found({ event, after }: Change, what: string, filter?: string): Found {
  const object = event.source === 'kubernetes' ? entityOf(event) : (event.resource ?? event.id);
  return {
    key: `${textOf(after, 'cluster') ?? event.project ?? '-'} ${object}`,
    summary: `${whoOf(event)} let calls go unlogged by ${object}: ${what}.`,
    evidence: evidence(
      ['object', object],
      ['scope', textOf(after, 'namespace') ?? event.project],
      ['what', what],
      ['filter', filter?.slice(0, 500)],
      ['by', event.actor?.id],
    ),
  };
}

const CHANGES = /\.(?:Create|Update)(?:Sink|Exclusion)$/;

/** Every filter that is set: of the sink, of its exclusions, of an exclusion by itself. */
function ofFilters(change: Change): readonly Found[] {
  const { event, before, after } = change;
  if (!CHANGES.test(event.method)) return [];
  const known = new Set(before === undefined ? [] : filtersIn(before));
  const sampling = filtersIn(after).filter((filter) => !known.has(filter) && filterOf(filter).samples);
  const [first] = sampling;
  if (first === undefined) return [];
  const one = found(change, 'only a sample is kept', first);
  return [sampling.some((filter) => mayTouch(filter, event.project)) ? one : { ...one, severity: 'low' }];
}

/** Load balancers and the like may be sampled: what no entry that must be kept could match. */
const mayTouch = (filter: string, project: string | undefined): boolean =>
  [...keptBy({ filter, exclusions: [] }, project).values()].some((kept) => kept !== false);

function filtersIn(claims: TrailClaims): readonly string[] {
  const filter = textOf(claims, 'filter');
  const exclusions = listOf(claims, 'exclusionFilters').flatMap(([, exclusion = '', disabled]) =>
    disabled === undefined ? [exclusion] : [],
  );
  return claims['disabled'] === true ? [] : [...(filter === undefined ? [] : [filter]), ...exclusions];
}

const ROOT = 'istio-system';

function ofTelemetry(change: Change, declared: DeclaredFacts): readonly Found[] {
  const { before, after } = change;
  const namespace = textOf(after, 'namespace') ?? '';
  // Services that nobody declared may log what they like; the root namespace is the whole mesh.
  if (namespace !== ROOT && declared.isProtectedNamespace(namespace) === false) return [];
  if (isTrue(after, 'accessLoggingDisabled') && !isTrue(before ?? {}, 'accessLoggingDisabled'))
    return [found(change, 'the access log is switched off')];
  const known = new Set(listOf(before ?? {}, 'accessLogFilters').map(([filter]) => filter));
  const filters = listOf(after, 'accessLogFilters')
    .flatMap(([filter = '']) => (known.has(filter) ? [] : [filter]))
    .map((filter) => [filter, logsSuccess(filter)] as const);
  const dropping = filters.find(([, logs]) => logs === false);
  if (dropping !== undefined) return [found(change, 'successful calls are left out', dropping[0])];
  const unsure = filters.find(([, logs]) => logs === undefined);
  return unsure === undefined
    ? []
    : [{ ...found(change, 'a filter that is not understood', unsure[0]), verdict: 'undetermined' }];
}

/** The mesh's own configuration: an empty file means no log, and so does none where there was one. */
function ofMesh(change: Change): readonly Found[] {
  const is = accessLogFile(change.after);
  if (is === undefined) return [];
  const was = change.before === undefined ? undefined : accessLogFile(change.before);
  const emptied = is.text === '' && (was === undefined ? is.told : was.text !== '');
  return emptied ? [found(change, 'the mesh writes no access log file')] : [];
}

function accessLogFile(claims: TrailClaims): { readonly text: string; readonly told: boolean } | undefined {
  const mesh = str(parseJson(textOf(claims, 'spec')), 'mesh');
  if (mesh === undefined) return undefined;
  const yaml = readYaml(mesh);
  if (yaml.kind === 'wrong' || !isObject(yaml.value)) return undefined;
  const file = own(yaml.value, 'accessLogFile');
  return { text: typeof file === 'string' ? file : '', told: file !== undefined };
}
