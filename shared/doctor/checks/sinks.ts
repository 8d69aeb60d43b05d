/** The log sinks of each source: whether what the source needs passes them, and reaches its topic. */
import { JobtrailError } from '../../errors.ts';
import { type Probe, probesOf } from '../../sink-filter/probes.ts';
import { routedBy } from '../../sink-filter/routing.ts';
import type { RoutedSource } from '../../sink-filter/sources.ts';
import { membersOf, type PolicyFacts, type SinkFacts } from '../facts.ts';
import { type Asked, type CheckText, type Line, shellWord, some, teller } from '../line.ts';

export const SINKS: CheckText = {
  name: 'sinks',
  looksAt:
    'the log sinks of each source: filter and exclusions against one entry of each kind that the source reads, an unknown method among them',
  wrongWhen:
    'there is none for a source, it is disabled, its filter cannot be read or loses a kind of entry, it leaves out child projects, its writer may not publish, or what the pipeline itself prints or commits passes it',
  warnsWhen: 'the filter uses what cannot be evaluated here',
};

const tell = teller(SINKS);

export interface SinkQuestion {
  readonly source: RoutedSource;
  /** Project of the pipeline. */
  readonly project: string;
  /** `projects/P/topics/T` that the subscription of the source reads. */
  readonly topic: string;
  /** Of every place that was asked. */
  readonly sinks: readonly SinkFacts[];
  /** Where a missing sink would be made. */
  readonly parent: string;
  /** Who may publish to the topic. */
  readonly topicPolicy: Asked<PolicyFacts>;
}

export function checkSinks(question: SinkQuestion): readonly Line[] {
  const { source, topic, sinks, parent } = question;
  const ours = sinks.filter(({ destination }) => destination === `pubsub.googleapis.com/${topic}`);
  if (ours.length === 0) {
    const says = `no sink of ${parent} sends to ${topic}`;
    const mend = `gcloud logging sinks create jobtrail-${source} pubsub.googleapis.com/${topic} --log-filter="$(cat terraform/filters/${source}.txt)" ${flagOf(parent)}`;
    return [tell.wrong(source, says, mend)];
  }
  return ours.flatMap((sink) => checkSink(question, sink));
}

function checkSink({ source, project, topic, topicPolicy }: SinkQuestion, sink: SinkFacts): readonly Line[] {
  const about = `${source}: ${sink.parent}/sinks/${sink.name}`;
  const update = `gcloud logging sinks update ${shellWord(sink.name)} ${placeOf(sink.parent)}`;
  const lines: Line[] = [];
  if (sink.disabled) lines.push(tell.wrong(about, 'it is disabled', `${update} --no-disabled`));
  if (!sink.parent.startsWith('projects/') && !sink.includeChildren) {
    const says = 'it takes no entries of child projects';
    const mend = `gcloud logging sinks delete ${shellWord(sink.name)} ${placeOf(sink.parent)} && terraform apply`;
    lines.push(tell.wrong(about, says, mend));
  }
  lines.push(...filterLines({ source, about, project, update }, sink));
  if (topicPolicy.kind === 'refused') lines.push(tell.unasked(`${about} → ${topic}`, topicPolicy));
  else if (!membersOf(topicPolicy.value, PUBLISHERS).includes(sink.writerIdentity)) {
    const [, where = '', , name = ''] = topic.split('/');
    const mend = `gcloud pubsub topics add-iam-policy-binding ${name} --project=${where} --member=${sink.writerIdentity} --role=roles/pubsub.publisher`;
    lines.push(
      tell.wrong(
        about,
        `its writer ${sink.writerIdentity} may not publish to ${topic}: its entries are dropped`,
        mend,
      ),
    );
  }
  return lines.some(({ state }) => state !== 'ok') ? lines.filter(({ state }) => state !== 'ok') : lines;
}

const PUBLISHERS = ['roles/pubsub.publisher', 'roles/pubsub.editor', 'roles/pubsub.admin'];

interface Place {
  readonly source: RoutedSource;
  readonly about: string;
  readonly project: string;
  readonly update: string;
}

function filterLines({ source, about, project, update }: Place, sink: SinkFacts): readonly Line[] {
  const restore = `${update} --log-filter="$(cat terraform/filters/${source}.txt)"`;
  const owner = sink.parent.startsWith('projects/') ? sink.parent.slice('projects/'.length) : undefined;
  try {
    const { lost, unsure, passing } = routedBy(sink, probesOf(source, owner));
    const own = routedBy(sink, ownEntries(project)).passing;
    if (own.length > 0) {
      const says = `it feeds on itself: ${some(own)} of the pipeline pass it`;
      const exclusion = `name=own-entries,filter='${exclusionOf(project)}'`;
      return [tell.wrong(about, says, `${update} --add-exclusion=${exclusion}`)];
    }
    if (lost.length > 0) return [tell.wrong(about, `it loses ${some(lost)}`, restore)];
    if (unsure.length > 0)
      return [tell.warning(about, `whether it takes ${some(unsure)} cannot be told here`, restore)];
    return [tell.ok(about, `takes all ${passing.length} kinds of entries`)];
  } catch (error) {
    if (!(error instanceof JobtrailError)) throw error;
    return [tell.wrong(about, error.message, restore)];
  }
}

/** What the pipeline causes while it works: of each entry that comes back, a function would print and commit again. */
function ownEntries(project: string): readonly Probe[] {
  const common = { timestamp: '2026-01-01T00:00:00Z', insertId: 'probe' };
  return [
    {
      name: 'lines of functions',
      entry: {
        ...common,
        logName: `projects/${project}/logs/run.googleapis.com%2Fstderr`,
        resource: {
          type: 'cloud_run_revision',
          labels: { project_id: project, service_name: 'jobtrail-dataproc', location: 'europe-west1' },
        },
        jsonPayload: { message: 'probe' },
      },
    },
    {
      name: 'commits of functions',
      entry: {
        ...common,
        logName: `projects/${project}/logs/cloudaudit.googleapis.com%2Fdata_access`,
        resource: { type: 'spanner_instance', labels: { project_id: project, instance_id: 'jobtrail' } },
        protoPayload: {
          '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
          serviceName: 'spanner.googleapis.com',
          methodName: 'google.spanner.v1.Spanner.Commit',
          resourceName: `projects/${project}/instances/jobtrail/databases/jobtrail`,
          authenticationInfo: { principalEmail: `jobtrail-dataproc@${project}.iam.gserviceaccount.com` },
        },
      },
    },
  ];
}

/** In this language OR binds tighter than AND. */
const exclusionOf = (project: string): string =>
  [
    `(resource.type="cloud_run_revision" AND resource.labels.project_id="${project}"`,
    'AND NOT logName:("/logs/cloudaudit.googleapis.com%2F" OR "/logs/jobtrail-canary-"))',
    `OR (logName:"data_access" AND protoPayload.authenticationInfo.principalEmail=~"^jobtrail-.*@${project}[.]iam[.]gserviceaccount[.]com$")`,
  ].join(' ');

const placeOf = (parent: string): string => {
  const [kind = '', id = ''] = parent.split('/');
  return `--${kind.replace(/s$/, '')}=${id}`;
};

const flagOf = (parent: string): string =>
  parent.startsWith('projects/') ? placeOf(parent) : `${placeOf(parent)} --include-children`;
