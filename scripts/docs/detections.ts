/** docs/detections.md: the index and one section for each rule, under the anchor that runbook links name. */
import { BACKFILL_DIGEST, BACKFILL_DIGEST_TEXT } from '../../shared/alerts/backfill-digest.ts';
import { UNDELIVERED, UNDELIVERED_TEXT } from '../../shared/alerts/undelivered.ts';
import { CATALOGUE, type CatalogueRule, type RuleGroup } from '../../shared/corroboration/catalogue.ts';
import { DEPLOYED } from '../../shared/corroboration/deployable.ts';
import { BASELINE_RULES } from '../../shared/corroboration/rules/index.ts';
import { compares } from '../../shared/corroboration/taken-again.ts';
import type { Detection } from '../../shared/detections/detection.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { techniqueLink } from './attack.ts';
import { code, codes, table } from './markdown.ts';

/** What a rule looks at, as the index calls it. */
type Looks = 'entry' | RuleGroup;

const LOOKS_AT: Readonly<Record<Looks, string>> = {
  entry: 'one entry',
  records: 'several records',
  paths: 'paths',
  own: 'Jobtrail itself',
};

interface Listed {
  readonly looks: Looks;
  readonly rule: Pick<CatalogueRule, 'id' | 'number' | 'severity' | 'title'>;
  readonly section: () => string;
}

const LISTED: readonly Listed[] = [
  ...DETECTIONS.map((detection): Listed => ({
    looks: 'entry',
    rule: detection,
    section: () => detectionSection(detection),
  })),
  ...CATALOGUE.map((rule): Listed => ({ looks: rule.group, rule, section: () => ruleSection(rule) })),
].toSorted((a, b) => rank(a).localeCompare(rank(b)));

/** Those of the catalogue by number, then the others by id. */
function rank({ rule: { number, id } }: Listed): string {
  return number === undefined ? `~${id}` : `${'ULDXP'.indexOf(number.slice(0, 1))}${number}`;
}

export const detectionsIndex = (): string =>
  table(
    ['rule', 'number', 'severity', 'looks at', 'finds'],
    LISTED.map(({ looks, rule: { id, number, severity, title } }) => [
      `[${id}](#${id})`,
      number ?? '',
      severity,
      LOOKS_AT[looks],
      title,
    ]),
  );

export const detectionSections = (): string =>
  [...LISTED.map(({ section }) => section()), undeliveredSection(), digestSection()].join('\n\n');

type Text = Pick<
  CatalogueRule,
  | 'id'
  | 'number'
  | 'version'
  | 'title'
  | 'severity'
  | 'why'
  | 'runbook'
  | 'evidence'
  | 'maps'
  | 'peers'
  | 'gaps'
>;

function sectionOf(rule: Text, reads: readonly string[], place: string): string {
  const { id, number, version, title, severity, why, runbook, evidence, maps, peers, gaps } = rule;
  const numbered = number === undefined ? '' : `, ${number} of the catalogue`;
  return [
    `## ${id}`,
    `**${prose(title)}.** Severity ${severity}${numbered}, version ${version}.`,
    sentence(prose(why)),
    'What to do:',
    stepsOf(runbook),
    [
      `- Evidence: ${codes(evidence)}.`,
      ...reads,
      `- Maps to: ATT&CK ${maps.attack.map(techniqueLink).join(', ')}; SOC 2 ${maps.soc2.join(', ')}; ISO 27001 ${maps.iso27001.join(', ')}.`,
      ...(gaps.length === 0 ? [] : [`- Does not see: ${gaps.map(prose).join(' ')}`]),
      `- Peers: ${peers.length === 0 ? 'none known' : peers.map(prose).join('; ')}.`,
      place,
    ].join('\n'),
  ].join('\n\n');
}

const stepsOf = (runbook: readonly string[]): string =>
  runbook.map((line, index) => `${index + 1}. ${prose(line)}`).join('\n');

function detectionSection(detection: Detection): string {
  const { id, on, sources } = detection;
  const again = againOf(detection);
  return sectionOf(
    detection,
    [
      `- Reads: ${codes(on)} of ${sources.join(', ')}.`,
      ...(again.length === 0
        ? []
        : [`- Judged again, with [other records](corroboration.md#judged-again): ${again.join('; ')}.`]),
    ],
    again.length === 0
      ? `- Code: ${code(`shared/detections/${id}.ts`)}, cases: ${code(`test/detections/${id}/`)}.`
      : `- Code: ${code(`shared/detections/${id}.ts`)}, cases: ${code(`test/detections/${id}/`)}; with other records ${code(`test/corroboration/${id}/`)}.`,
  );
}

const RAISED: ReadonlySet<string> = new Set(BASELINE_RULES.map(({ id }) => id));

/** What other records say of what a detection finds. */
const againOf = (detection: Detection): readonly string[] => [
  ...(compares(detection) ? ['the state before'] : []),
  ...(DEPLOYED.has(detection) ? ['signed deploy records'] : []),
  ...(RAISED.has(detection.id) ? ['whether it is new, which raises the severity'] : []),
];

const KINDS: Readonly<Record<CatalogueRule['kind'], string>> = {
  absence: 'a record that ought to be there and is not',
  correlate: 'records that mean something together',
  threshold: 'too many of a kind in a span of time',
  baseline: 'something that was not so before',
};

function ruleSection(rule: CatalogueRule): string {
  const { id, kind, group, sources, on = [], onSightings = [], expects, partners = [] } = rule;
  const from = sources.includes('*') ? 'every source' : sources.join(', ');
  const reads = [
    `- Looks for: ${KINDS[kind]}.`,
    group === 'records'
      ? `- Reads: ${codes([...on, ...onSightings.map((family) => `${family} (seen)`)])} of ${from}.`
      : group === 'paths'
        ? `- Reads: arrivals, canaries and metrics of ${from}.`
        : '- Reads: bundles in force and silences, as the store has them.',
    ...(expects === undefined ? [] : [`- Must be there: ${prose(expects)}.`]),
    ...(partners.length === 0
      ? []
      : [`- Not judged where these were never recorded: ${partners.join(', ')}.`]),
  ];
  return sectionOf(rule, reads, `- Code: ${PLACES[group](id)}.`);
}

const PLACES: Readonly<Record<RuleGroup, (id: string) => string>> = {
  records: (id) =>
    `${code(`shared/corroboration/rules/${id}.ts`)}, cases: ${code(`test/corroboration/${id}/`)}`,
  paths: () => `${code('shared/corroboration/health/judge.ts')}, tests: ${code('test/health/rules.test.ts')}`,
  own: () =>
    `${code('shared/corroboration/own-config.ts')}, tests: ${code('test/corroboration/own-config.test.ts')}`,
};

/** No rule finds it: the deliverer does. Its alerts link here like others. */
function undeliveredSection(): string {
  return [
    `## ${UNDELIVERED}`,
    '**An alert could not be delivered.** Severity high; found by the deliverer, and in no record.',
    sentence(prose(UNDELIVERED_TEXT.why)),
    'What to do:',
    stepsOf(UNDELIVERED_TEXT.runbook),
    `- Code: ${code('shared/alerts/undelivered.ts')}; [alerts](alerts.md#sending) tell when.`,
  ].join('\n\n');
}

/** No rule finds it: a backfill does. */
function digestSection(): string {
  return [
    `## ${BACKFILL_DIGEST}`,
    '**A backfill found what would have been alerts.** Severity low; found by `jobtrail backfill`, and in no record.',
    sentence(prose(BACKFILL_DIGEST_TEXT.why)),
    'What to do:',
    stepsOf(BACKFILL_DIGEST_TEXT.runbook),
    `- Code: ${code('shared/backfill/digest.ts')}; [backfill](backfill.md#what-it-does-not-do) tells when.`,
  ].join('\n\n');
}

/** Plain text as Markdown: what stands in code marks stays as it is. */
const prose = (text: string): string =>
  text
    .split('`')
    .map((part, at) => (at % 2 === 1 ? part : part.replaceAll(/[*<]/g, String.raw`\$&`)))
    .join('`');
const sentence = (text: string): string => (text.endsWith('.') ? text : `${text}.`);
