/** What was found, held against the ground truth: each finding is right or false, each injection is found or missed. */
import type { Row } from '../../schemas/tables.ts';
import type { Story, StoryId } from './book.ts';
import type { Outage } from './transport.ts';
import { HOUR, MINUTE } from './told.ts';

export interface Found {
  readonly id: string;
  readonly rule: string;
  readonly key: string;
  readonly verdict: string;
  /** Events that it cites. */
  readonly events: readonly string[];
  /** Epoch milliseconds. */
  readonly time: number;
  readonly storedAt: number;
  readonly about: readonly string[];
  readonly summary: string;
}

export function foundOfRow(row: Row): Found {
  const others = row['OtherEvents'];
  return {
    id: String(row['FindingId']),
    rule: String(row['Rule']),
    key: String(row['FindingKey']),
    verdict: String(row['Verdict']),
    // Findings about a path cite none.
    events: [row['EventId'], ...(Array.isArray(others) ? others : [])].map(String).filter((id) => id !== ''),
    time: Date.parse(String(row['EventTime'])),
    storedAt: Date.parse(String(row['StoredAt'])),
    about: [row['Actor'], row['JobId'], row['FindingKey']].flatMap((text) =>
      typeof text === 'string' ? [text] : [],
    ),
    summary: String(row['Summary']),
  };
}

export interface Truth {
  readonly stories: readonly Story[];
  readonly outages: readonly Outage[];
  readonly storiesOf: (eventId: string) => readonly StoryId[];
  /** When the last entry of a story arrived, and whether one of them came later than its source is given. */
  readonly arrived: ReadonlyMap<StoryId, { readonly last: number; readonly beyondGrace: boolean }>;
}

export interface Judged {
  /** The injection that it is about, where it is right. */
  readonly of: Story | undefined;
  readonly finding: Found;
  /** False, and nothing of what it is about came late: no grace explains it. */
  readonly withinGrace: boolean;
}

export interface Matched {
  readonly judged: readonly Judged[];
  /** Injection → the first finding of its own rule. */
  readonly hits: ReadonlyMap<StoryId, Found>;
}

/** Findings that are no more than undetermined tell nobody that something is wrong: they neither hit nor are false. */
export function match(findings: readonly Found[], truth: Truth): Matched {
  const byId = new Map(truth.stories.map((story) => [story.id, story]));
  const besides = new Map<StoryId, Story[]>();
  for (const story of truth.stories) {
    for (const other of story.injection?.beside ?? [])
      besides.set(other, [...(besides.get(other) ?? []), story]);
  }
  const sorted = findings.toSorted((a, b) => a.storedAt - b.storedAt || (a.id < b.id ? -1 : 1));
  const hits = new Map<StoryId, Found>();
  const judged: Judged[] = [];
  const late: { finding: Found; stories: readonly StoryId[] }[] = [];

  const accept = (finding: Found, story: Story): void => {
    if (story.injection?.rule === finding.rule && !hits.has(story.id)) hits.set(story.id, finding);
    judged.push({ of: story, finding, withinGrace: false });
  };
  for (const finding of sorted) {
    const stories = [...new Set(finding.events.flatMap((id) => truth.storiesOf(id)))];
    const own = pickOf(
      stories.flatMap((id) => byId.get(id) ?? []),
      finding.rule,
    );
    const told = own ?? named(finding, truth);
    if (told === undefined) late.push({ finding, stories });
    else accept(finding, told);
  }
  // One of a group that nothing tells apart may be named in the place of another: once for each violation in it.
  const stood = new Set<StoryId>();
  for (const { finding, stories } of late) {
    const beside = [...stories.flatMap((id) => besides.get(id) ?? []), ...sameIdentity(finding, truth)].find(
      (story) => explains(story, finding.rule) && !hits.has(story.id) && !stood.has(story.id),
    );
    if (beside !== undefined) {
      stood.add(beside.id);
      accept(finding, beside);
    } else {
      const beyond = stories.some((id) => truth.arrived.get(id)?.beyondGrace === true);
      judged.push({ of: undefined, finding, withinGrace: !beyond });
    }
  }
  return { judged, hits };
}

const explains = ({ injection }: Story, rule: string): boolean =>
  injection !== undefined && (injection.rule === rule || injection.explains.includes(rule));

/** Of several the one that the rule is meant to find. */
function pickOf(stories: readonly Story[], rule: string): Story | undefined {
  return (
    stories.find(({ injection }) => injection?.rule === rule) ??
    stories.find((story) => explains(story, rule))
  );
}

/** By whom or what it is about, for findings that cite no event of an injection: a path, an account over a span of time. */
function named(finding: Found, { stories, outages }: Truth): Story | undefined {
  if (HEALTH.has(finding.rule)) {
    const outage = outages.find(
      ({ path, from, until }) =>
        (finding.key === path || path.startsWith(finding.key) || finding.key.includes(path)) &&
        finding.storedAt >= from &&
        finding.storedAt <= until + HOUR,
    );
    return stories.find(
      ({ injection, until }) => injection?.path === outage?.path && until === outage?.until,
    );
  }
  if (!BY_SUBJECT.has(finding.rule)) return undefined;
  return stories.find(
    (story) =>
      explains(story, finding.rule) &&
      story.injection?.subject !== undefined &&
      finding.about.some((text) => text.includes(story.injection?.subject ?? '-')) &&
      finding.time >= story.from - 15 * MINUTE &&
      finding.time <= story.until + 15 * MINUTE,
  );
}

/** Calls of one identity within minutes are a group as well, whoever planned them. */
const sameIdentity = ({ rule, time, about }: Found, { stories }: Truth): readonly Story[] =>
  GROUPED.has(rule)
    ? stories.filter(({ injection, from, until }) => {
        const subject = injection?.subject;
        return (
          injection?.rule === rule &&
          subject !== undefined &&
          about.some((text) => text.includes(subject)) &&
          time >= from - 10 * MINUTE &&
          time <= until + 10 * MINUTE
        );
      })
    : [];

const GROUPED: ReadonlySet<string> = new Set([
  'audit-record-without-gateway-evidence',
  'gateway-call-without-audit-record',
]);

/** Rules about paths. */
export const HEALTH: ReadonlySet<string> = new Set([
  'source-silent',
  'source-never-seen',
  'export-path-lagging',
  'source-volume-drop',
  'hop-successes-missing',
  'source-clock-skew',
]);

/** Their findings are about what was seen in some minutes or on a day, and need not cite an entry of it. */
const BY_SUBJECT: ReadonlySet<string> = new Set([
  'data-access-outside-jobs',
  'job-ran-without-audit-record',
  'job-reads-undeclared-data',
  'runtime-account-new-service',
]);
