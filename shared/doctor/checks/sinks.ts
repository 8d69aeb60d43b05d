/** The log sinks of each source: whether they are as Terraform makes them, and what the source needs passes them (coverage.ts). */
import { nameOf, type Level, type SinkFacts, type TopicFacts } from '../facts.ts';
import { grant, parentFlag } from '../gcloud.ts';
import { grantedBy, grantText, type Roles, unknownLines } from '../grants.ts';
import { PUBLISH } from '../known-roles.ts';
import { type Asked, counted, createCheck, type Line, some } from '../line.ts';
import { exclusionOf, feedingOf } from '../own-entries.ts';
import { command } from '../shell.ts';
import { JobtrailError } from '../../errors.ts';
import { parseFilter } from '../../sink-filter/filter.ts';
import type { RoutedSource } from '../../sink-filter/sources.ts';
import { coverageOf, type Loss, type Place } from '../coverage.ts';

export const SINKS = createCheck({
  name: 'sinks',
  looksAt:
    'the log sinks of each source, on the projects of `environments` and `meshProjects` and on all above them: filter and exclusions against one entry of each kind that the source reads, an unknown method among them',
  codes: {
    missing: { state: 'wrong', means: 'no sink sends to the topic of the source' },
    'topic-missing': {
      state: 'wrong',
      means: 'the topic that the sinks send to does not exist: entries are dropped',
    },
    disabled: { state: 'wrong', means: 'the sink is disabled' },
    'no-children': {
      state: 'wrong',
      means: 'a sink of a folder or an organisation leaves out its child projects',
    },
    intercepts: {
      state: 'warning',
      means: 'the sink takes its entries away from the sinks of child projects',
    },
    'filter-unreadable': { state: 'wrong', means: 'its filter or an exclusion cannot be read' },
    'feeds-on-itself': {
      state: 'wrong',
      means: 'what the pipeline itself prints or commits passes it, and would be printed and committed again',
    },
    'not-covered': {
      state: 'wrong',
      means: 'a project is declared, and no sink of the source takes its entries',
    },
    'loses-entries': {
      state: 'wrong',
      means: 'kinds of entries that the source reads do not pass its sinks',
    },
    intercepted: {
      state: 'wrong',
      means: 'a sink above takes entries away from this one (`interceptChildren`)',
    },
    unsure: {
      state: 'warning',
      means: 'the filter uses what cannot be evaluated here: times, samples, ids of folders',
    },
    twice: {
      state: 'warning',
      means: 'two sinks take the same entries: each comes twice, is paid twice and stored once',
    },
    'writer-may-not-publish': {
      state: 'wrong',
      means: 'its writer may not publish to the topic: its entries are dropped',
    },
    'writer-conditional': {
      state: 'warning',
      means: 'its writer may, under a condition, which doctor does not evaluate',
    },
  },
});

export interface SinkQuestion {
  readonly source: RoutedSource;
  /** Project of the pipeline. */
  readonly project: string;
  /** `projects/P/topics/T` that the subscription of the source reads. */
  readonly topic: string;
  readonly topics: Asked<readonly TopicFacts[]>;
  /** Policies of the topic, its project and all above it. */
  readonly topicLevels: readonly Level[];
  readonly roles: Roles;
  /** Of every place that was asked. */
  readonly sinks: readonly SinkFacts[];
  /** Projects whose entries the source needs; none: whatever a sink may take. */
  readonly places: readonly Place[];
  /** Where a missing sink would be made. */
  readonly parent: string;
}

const filterOf = (source: RoutedSource): string => `--log-filter="$(cat terraform/filters/${source}.txt)"`;

export function checkSinks(question: SinkQuestion): readonly Line[] {
  const { source, topic, topics, sinks, parent } = question;
  const ours = sinks.filter(({ destination }) => destination === `pubsub.googleapis.com/${topic}`);
  if (ours.length === 0) {
    const says = `no sink that was seen sends to ${topic}`;
    return [SINKS.found('missing', source, says, create(source, topic, parent))];
  }
  const lines: Line[] = [];
  if (topics.kind === 'answer' && !topics.value.some(({ name }) => name === topic)) {
    const says = `its topic ${topic} does not exist: entries are dropped`;
    lines.push(SINKS.found('topic-missing', source, says, 'terraform apply'));
  }
  lines.push(...ours.flatMap((sink) => [...faultsOf(question, sink), ...writerLines(question, sink)]));
  const readable = ours.filter((sink) => unreadable(sink) === undefined);
  const { kinds, losses } = coverageOf({ ...question, ours: readable });
  // What a filter that cannot be read takes may be what the others lose.
  if (readable.length === ours.length) lines.push(...losses.map((loss) => lossLine(question, loss)));
  if (lines.length > 0) return lines;
  const where = question.places.length === 0 ? '' : ` of ${counted(question.places.length, 'project')}`;
  return [
    SINKS.ok(
      `${source}: ${some(ours.map(sinkName))}`,
      `takes all ${kinds} kinds of entries${where}; its writer may publish`,
    ),
  ];
}

export const sinkName = ({ parent, name }: SinkFacts): string => `${parent}/sinks/${name}`;

const updateOf = (sink: SinkFacts, ...flags: readonly string[]): string =>
  command('gcloud logging sinks update', sink.name, parentFlag(sink.parent), ...flags);

function create(source: RoutedSource, topic: string, parent: string): string {
  const children = parent.startsWith('projects/') ? [] : ['--include-children'];
  const words = [`jobtrail-${source}`, `pubsub.googleapis.com/${topic}`, parentFlag(parent)];
  return `${command('gcloud logging sinks create', ...words, ...children)} ${filterOf(source)}`;
}

/** What a filter or an exclusion cannot be read for. */
function unreadable({ filter, exclusions }: SinkFacts): string | undefined {
  try {
    parseFilter(filter, 'The filter of the sink');
    exclusions.forEach((text, at) => parseFilter(text, `Exclusion ${at + 1} of the sink`));
    return undefined;
  } catch (error) {
    if (error instanceof JobtrailError) return error.message;
    throw error;
  }
}

function faultsOf({ source, project }: SinkQuestion, sink: SinkFacts): readonly Line[] {
  const about = `${source}: ${sinkName(sink)}`;
  const lines: Line[] = [];
  if (sink.disabled)
    lines.push(SINKS.found('disabled', about, 'it is disabled', updateOf(sink, '--no-disabled')));
  if (!sink.parent.startsWith('projects/') && !sink.includeChildren) {
    const says = 'it takes no entries of child projects';
    lines.push(SINKS.found('no-children', about, says, updateOf(sink, '--include-children')));
  }
  if (sink.interceptChildren) {
    const says = 'it takes its entries away from the sinks of child projects';
    lines.push(SINKS.found('intercepts', about, says, updateOf(sink, '--no-intercept-children')));
  }
  const why = unreadable(sink);
  if (why !== undefined) {
    lines.push(SINKS.found('filter-unreadable', about, why, `${updateOf(sink)} ${filterOf(source)}`));
    return lines;
  }
  const own = feedingOf(sink, project);
  if (own.length > 0) {
    const says = `it feeds on itself: ${some(own)} of the pipeline pass it`;
    const exclusion = `--add-exclusion=name=own-entries,filter=${exclusionOf(project)}`;
    lines.push(SINKS.found('feeds-on-itself', about, says, updateOf(sink, exclusion)));
  }
  return lines;
}

function writerLines({ source, topic, topicLevels, roles }: SinkQuestion, sink: SinkFacts): readonly Line[] {
  const about = `${source}: ${sinkName(sink)}`;
  const { writerIdentity: writer } = sink;
  const granted = grantedBy(topicLevels, [PUBLISH], roles);
  const grants = granted.grants.filter(({ member }) => member === writer);
  if (grants.some(({ condition }) => condition === undefined)) return [];
  const mend = grant(topic, writer, 'roles/pubsub.publisher');
  const [first] = grants;
  if (first !== undefined) {
    const says = `its writer may publish to ${nameOf(topic)} under a condition: ${grantText(first)}`;
    return [SINKS.found('writer-conditional', about, says, mend)];
  }
  const mine = granted.unknown.filter(({ members }) => members.includes(writer));
  const unknown = unknownLines(SINKS, about, PUBLISH, { unknown: mine, unread: granted.unread });
  if (unknown.length > 0) return unknown;
  const says = `its writer ${writer} may not publish to ${topic}: its entries are dropped`;
  return [SINKS.found('writer-may-not-publish', about, says, mend)];
}

function lossLine({ source, topic }: SinkQuestion, { kind, places, sinks, entries, by }: Loss): Line {
  const [sink] = sinks;
  const where = places.length === 0 ? '' : ` of ${some(places.map((id) => `projects/${id}`))}`;
  const only = sinks.length === 1 && sink !== undefined;
  const about = only ? `${source}: ${sinkName(sink)}` : `${source}${where.replace(' of ', ': ')}`;
  const [place = 'PROJECT'] = places;
  const mend = only ? `${updateOf(sink)} ${filterOf(source)}` : create(source, topic, `projects/${place}`);
  switch (kind) {
    case 'not-covered':
      return SINKS.found('not-covered', about, `no sink takes entries${where}`, mend);
    case 'loses-entries':
      return SINKS.found('loses-entries', about, `it loses ${some(entries)}${where}`, mend);
    case 'unsure':
      return SINKS.found(
        'unsure',
        about,
        `whether it takes ${some(entries)}${where} cannot be told here`,
        mend,
      );
    case 'intercepted': {
      const [taking] = by;
      const says = `${some(by.map(sinkName))} takes away ${some(entries)}${where}`;
      const stop = taking === undefined ? mend : updateOf(taking, '--no-intercept-children');
      return SINKS.found('intercepted', about, says, stop);
    }
    case 'twice': {
      const says = `entries${where} come twice, by ${some(sinks.map(sinkName))}`;
      // That of the nearest is the one that the others make needless.
      const words = sink === undefined ? [] : [sink.name, parentFlag(sink.parent)];
      return SINKS.found('twice', source, says, command('gcloud logging sinks delete', ...words));
    }
    default:
      return kind satisfies never;
  }
}
