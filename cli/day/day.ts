/**
 * A day of the invented company as Pub/Sub messages, in the order in which they are delivered: some late, some twice,
 * some out of order, some broken. A pure function of the date and the seed.
 */
import { JobtrailError } from '../../shared/errors.ts';
import { approvalRecords } from './approvals/approvals.ts';
import { deployRecords } from './approvals/deployments.ts';
import { canaries } from './canaries.ts';
import { grantsDay } from './control/grants.ts';
import { iamDay } from './control/iam.ts';
import { loggingDay } from './control/logging.ts';
import { meshPolicyDay } from './control/mesh-policies.ts';
import { platformChanges } from './control/platform.ts';
import { dataOfOthers } from './data/others.ts';
import { engineLists, type EngineLists } from './engines/inventory.ts';
import { pubsubDay } from './data/pubsub.ts';
import { databricksAccess } from './databricks/access.ts';
import { auditFiles } from './databricks/files.ts';
import { databricksJobs } from './databricks/jobs.ts';
import { databricksModels } from './databricks/models.ts';
import { platformDay } from './dataproc/platform.ts';
import { sideDoors } from './dataproc/side-doors.ts';
import type { RecordDraft, Subscription, Told } from './entry.ts';
import { hostileEntries } from './hostile.ts';
import { agentJobs } from './jobs/agent-jobs.ts';
import { peopleJobs } from './jobs/people-jobs.ts';
import type { Plan } from './jobs/plan.ts';
import { runBatch } from './jobs/run-batch.ts';
import { runDataflow } from './jobs/run-dataflow.ts';
import { runClusterJob } from './jobs/run-job.ts';
import { scheduledJobs } from './jobs/scheduled-jobs.ts';
import { gatewayChanges } from './kong/changes.ts';
import { isLost } from './kong/silence.ts';
import { gatewayTraffic } from './kong/traffic.ts';
import { meshTraffic } from './mesh/traffic.ts';
import { deliveries, notifications, Publisher } from './publish.ts';
import type { Category, DayMessage, Tagged } from './publish.ts';
import { Random } from './random.ts';
import { planScene, sceneOf } from './scene.ts';
import type { Scene } from './scene.ts';
import { unheardOf, unownedEntries } from './strange.ts';
import { wrecks } from './wrecks.ts';

export type { Category, DayMessage };

export interface DayOptions {
  /** `YYYY-MM-DD`; the day runs from its midnight to the next, UTC. */
  readonly date: string;
  readonly seed: number;
}

function midnightOf(date: string): number {
  const midnight = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(`${date}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== date) {
    throw new JobtrailError('usage', `${date} is not a calendar date.`, 'Give the date as YYYY-MM-DD.');
  }
  return midnight;
}

function run(scene: Scene, plan: Plan): readonly Told[] {
  const own = planScene(scene, plan);
  switch (plan.kind) {
    case 'job':
      return runClusterJob(own, plan);
    case 'batch':
      return runBatch(own, plan);
    case 'classic':
    case 'flex':
      return runDataflow(own, plan);
  }
}

const plansOf = ({ date }: Scene): readonly Plan[] => [
  ...scheduledJobs(date),
  ...peopleJobs(date),
  ...agentJobs(date),
];

function everything(scene: Scene): readonly Tagged[] {
  const tagged = (category: Category, list: readonly Told[]): Tagged[] =>
    list.map((told) => [category, told]);
  const plans = plansOf(scene);
  const stories: readonly ((scene: Scene) => readonly Told[])[] = [
    platformDay,
    sideDoors,
    meshTraffic,
    gatewayTraffic,
    gatewayChanges,
    dataOfOthers,
    pubsubDay,
    databricksJobs,
    databricksModels,
    databricksAccess,
    iamDay,
    grantsDay,
    loggingDay,
    meshPolicyDay,
    platformChanges,
    approvalRecords,
    deployRecords,
  ];
  const all = [
    ...plans.flatMap((plan) => tagged('ordinary', run(scene, plan))),
    ...stories.flatMap((story) => tagged('ordinary', story(scene))),
    ...tagged('unknown-method', unheardOf(scene)),
    ...tagged('unowned', unownedEntries(scene)),
    ...tagged('hostile', hostileEntries(scene)),
  ];
  return all.filter(([, told]) => !isLost(told)).toSorted(([, a], [, b]) => a.at - b.at);
}

interface Line extends RecordDraft {
  readonly file: string;
}

const isLine = (told: Told): told is Line => 'file' in told && told.file !== undefined;

const sceneFor = ({ date, seed }: DayOptions): Scene => ({
  date,
  midnight: midnightOf(date),
  random: new Random(seed),
});

/** What the engines' APIs list when the day is over. */
export function enginesOf(options: DayOptions, messages: readonly DayMessage[]): EngineLists {
  const scene = sceneFor(options);
  const files = messages.flatMap(({ file }) => file ?? []);
  return engineLists(scene, plansOf(scene), files);
}

/** The day's messages in order of delivery. */
export function generateDay(options: DayOptions): readonly DayMessage[] {
  const scene = sceneFor(options);
  const publisher = new Publisher(scene);
  const all = everything(scene);
  const lines = all.flatMap(([, told]) => (isLine(told) ? [told] : []));
  const whole = [
    ...deliveries(
      scene,
      publisher,
      all.filter(([, told]) => !isLine(told)),
    ),
    ...deliveries(
      sceneOf(scene, 'canary-transport'),
      publisher,
      canaries(scene)
        .filter((draft) => !isLost(draft))
        .map((draft) => ['canary', draft] as const),
    ),
    ...notifications(scene, publisher, auditFiles(sceneOf(scene, 'audit-files'), lines)),
  ];
  const sample = (subscription: Subscription, text: string): string =>
    whole.find(({ message }) => message.subscription === subscription && message.data.includes(text))?.message
      .data ?? '';
  const broken = wrecks(sample).map(({ attributes, ...wreck }) =>
    publisher.publish({
      category: 'broken',
      ...wreck,
      ...(attributes === undefined ? {} : { attributes }),
    }),
  );
  return [...whole, ...broken]
    .toSorted((a, b) => a.deliveredAt - b.deliveredAt)
    .map(({ message }) => message);
}
