/** Whether an event is within what an approval is for. What is not limited in an approval is not limited by it. */
import { isJobRole } from '../detections/job-roles.ts';
import { isCut, listOf, numberOf, textOf } from '../detections/evidence.ts';
import { parseJobId } from '../model/job.ts';
import { withoutRegion } from '../model/job-place.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import type { Approval, Asked } from './approvals.ts';
import { coversDataset } from './dataset-scope.ts';
import { namesOf } from './declared.ts';

export interface Outside {
  readonly limit: string;
  /** False: the event does not tell whether it is within the limit. */
  readonly told: boolean;
}

/** The first limit that the event is outside of; of which it tells nothing only where it is outside of none. */
export function outOfScope(approval: Approval, asked: Asked): Outside | undefined {
  const limits =
    approval.kind === 'grant' ? limitsOfGrant(approval, asked) : limitsOfApproval(approval, asked);
  const outside = limits.flatMap(([limit, within]) =>
    within === true ? [] : [{ limit, told: within === false }],
  );
  return outside.find(({ told }) => told) ?? outside[0];
}

/** Undefined: the event does not tell. */
type Limit = readonly [limit: string, within: boolean | undefined];

function limitsOfApproval({ event: { claims } }: Approval, asked: Asked): readonly Limit[] {
  const { event } = asked;
  const environment = textOf(claims, 'environment');
  return [
    ['action', isActionIn(listOf(claims, 'actions').flat(), event.action)],
    ['environment', environment === undefined || environment === event.environment],
    ['job', isJobIn(textOf(claims, 'job'), claims, asked)],
    ['specDigest', isSpecIn(textOf(claims, 'specDigest'), event)],
    ['dataset', areDatasetsIn(claims, asked)],
  ];
}

/** A run that was approved to be submitted may start. */
const isActionIn = (actions: readonly string[], action: string): boolean =>
  actions.includes(action) || (action === 'job.start' && actions.includes('job.submit'));

/** An approval that names a job by its id is for that one alone: names are chosen by callers. */
export function namesJob(named: string, event: TrailEvent): boolean {
  if (parseJobId(named) === undefined) return namesOf(event).includes(named);
  // Either may leave the region open.
  return [event.job, event.parentJob].some(
    (job) =>
      job !== undefined && (job === named || withoutRegion(job) === named || withoutRegion(named) === job),
  );
}

const isAccess = ({ action }: TrailEvent): boolean => action.startsWith('data.');

/** Records of data seldom name the job: the dataset, where the approval names it, tells that it is what was meant. */
function isJobIn(
  named: string | undefined,
  claims: TrailEvent['claims'],
  { event }: Asked,
): boolean | undefined {
  if (named === undefined || namesJob(named, event)) return true;
  if (!isAccess(event) || event.job !== undefined) return false;
  return textOf(claims, 'datasets') === undefined ? undefined : true;
}

/** The specification is that of a submission; what the run does later has none. */
function isSpecIn(digest: string | undefined, event: TrailEvent): boolean | undefined {
  if (digest === undefined || isAccess(event)) return true;
  const own = textOf(event.claims, 'specDigest');
  return own === undefined ? undefined : own === digest;
}

function areDatasetsIn(claims: TrailEvent['claims'], { event, datasets }: Asked): boolean | undefined {
  const named = listOf(claims, 'datasets').flat();
  const left = numberOf(claims, 'datasetsLeftOut') ?? 0;
  // Texts that are no dataset limit it all the same: to what nobody can name.
  if (named.length === 0) return left > 0 ? undefined : true;
  const touched = datasets ?? event.datasets.map(({ dataset }) => dataset);
  const within = touched.every((one) => named.some((approved) => coversDataset(approved, one)));
  if (!within) return isCut(claims, 'datasets') ? undefined : false;
  return touched.length === 0 && isAccess(event) ? undefined : true;
}

const PROJECT = /(?:^|\/)projects\/([^/]+)/;
const BASIC: ReadonlySet<string> = new Set(['roles/owner', 'roles/editor']);

/** Of a grant the roles and the place are what is approved; that of a folder or the organisation holds for all below it. */
function limitsOfGrant({ event: { claims } }: Approval, { event, declared }: Asked): readonly Limit[] {
  const on = textOf(claims, 'grantedOn');
  const project = PROJECT.exec(on ?? '')?.[1];
  const roles = listOf(claims, 'grantedRoles').map(([role = '']) => role);
  return [
    ['resource', on === undefined ? undefined : project === undefined || project === event.project],
    [
      'role',
      roles.length === 0 ? undefined : roles.some((role) => BASIC.has(role) || isJobRole(role, on, declared)),
    ],
  ];
}
