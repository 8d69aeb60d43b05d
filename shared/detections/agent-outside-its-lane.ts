import type { Lane } from '../../schemas/declared.ts';
import type { Action } from '../model/event.ts';
import type { PrincipalId } from '../model/principal.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { DECIDED } from '../policy/actions.ts';
import type { DeclaredFacts } from './declared-facts.ts';
import { isAgent } from './agents.ts';
import { defineDetection } from './detection.ts';
import { evidence } from './evidence.ts';
import { isJobStartCall, partiesOf } from './kinds.ts';
import { matchesAny } from './patterns.ts';

/** What decides over everybody's rights and records is in no agent's lane. */
const NEVER: ReadonlySet<Action> = new Set<Action>([
  'iam.change',
  'log.change',
  'policy.change',
  'credential.create',
  'key.change',
]);
export const agentOutsideItsLane = defineDetection({
  id: 'agent-outside-its-lane',
  number: 'U11',
  version: 1,
  title: 'Automated agent acts beyond its declared scope',
  severity: 'high',
  why: 'An agent does what the text in front of it says; the lane is what keeps somebody else from writing that text.',
  runbook: [
    'Ask the owner of `agent` whether it has been given a new tool; its `lane` must be changed and reviewed before.',
    'List what it did in the 24 hours before (query jobs-of-principal), and where its instructions came from.',
    'If nobody answers for it, take its rights away: `outside` says which bound it left.',
  ],
  evidence: ['agent', 'owner', 'lane', 'outside', 'action', 'method', 'resource'],
  maps: {
    attack: ['T1078.004', 'T1059.009'],
    soc2: ['CC6.1', 'CC6.3', 'CC7.2'],
    iso27001: ['A.8.2', 'A.5.15', 'A.8.3'],
  },
  peers: [
    'ETD AI Agent Unauthorized Service Account API Call (Vertex AI Agent Engine only)',
    'ETD AI Agent Anomalous Access to Metadata Service (Vertex AI Agent Engine only)',
  ],
  gaps: [
    'An agent without a lane is judged for what is in no lane only.',
    'Requests to the regional MCP endpoints are seen as the calls they make.',
    'Reads that are not logged (Data Access logging off) are not seen.',
  ],
  sources: [
    'dataproc',
    'dataflow',
    'databricks',
    'bigquery',
    'storage',
    'spanner',
    'iam',
    'kong',
    'platform',
  ],
  on: [...DECIDED, 'metadata.read', 'telemetry.read', 'job.finish', 'api.call'],
  decide: ({ event, declared }) => {
    const id = partiesOf(event).find(isAgent);
    if (id === undefined || isRepeated(event)) return [];
    const name = event.actor?.lane ?? declared.laneOf(id);
    const verb = verbOf(event);
    if (verb === undefined) return [];
    const outside = leaves(event, id, verb, name, declared);
    if (outside === undefined) return [];
    return [
      {
        key: `${id} ${event.method}`,
        severity: event.outcome === 'allowed' ? 'high' : 'medium',
        summary: `${id} ${outside === UNKNOWN_LANE ? 'acts in a lane that nobody declares' : `left its lane: ${outside}`}.`,
        evidence: evidence(
          ['agent', id],
          ['owner', event.actor?.owner],
          ['lane', name],
          ['outside', outside],
          ['action', verb],
          ['method', event.method],
          ['resource', event.resource],
        ),
        verdict: outside === UNKNOWN_LANE ? 'undetermined' : 'violation',
      },
    ];
  },
});

/** What ends an operation says the same again; of a query it is what tells what was read and written. */
const isRepeated = ({ operation, source }: TrailEvent): boolean =>
  operation?.phase === 'last' && source !== 'bigquery';

const UNKNOWN_LANE = 'lane not declared';

/**
 * The verb that lanes are written in. A call at the gateway is the start of a job or no act of its own; a query is told by
 * the entry that ends it, and one that writes nothing but its own result reads.
 */
function verbOf(event: TrailEvent): Action | undefined {
  const { action, source } = event;
  if (action === 'api.call') return isJobStartCall(event) ? 'job.submit' : undefined;
  if (source !== 'bigquery') return action === 'job.finish' ? undefined : action;
  if (action === 'job.submit') return undefined;
  if (action !== 'job.finish' && action !== 'data.write') return action;
  return event.datasets.some(({ op }) => op === 'write') ? 'data.write' : 'data.read';
}

/** The first bound that the event is outside of. */
function leaves(
  event: TrailEvent,
  id: PrincipalId,
  verb: Action,
  name: string | undefined,
  declared: DeclaredFacts,
): string | undefined {
  if (NEVER.has(verb)) return 'no agent changes rights, keys, policies or logs';
  if (verb === 'credential.mint' && event.runAs !== undefined && event.runAs !== id)
    return 'it took a token of another identity';
  if (name === undefined) return undefined;
  const lane = declared.lane(name);
  if (lane === undefined) return UNKNOWN_LANE;
  if (!matchesAny(lane.actions, verb)) return 'action';
  if (lane.environments?.some((one) => one === event.environment) === false) return 'environment';
  if (!isAmong(lane.resources, event)) return 'resource';
  const { datasets } = lane;
  if (datasets !== undefined && !event.datasets.every(({ dataset }) => matchesAny(datasets, dataset)))
    return 'dataset';
  return lane.hours !== undefined && !isWithin(lane.hours, Number(event.time.slice(11, 13)))
    ? 'hour'
    : undefined;
}

const isAmong = (resources: Lane['resources'], { job, resource }: TrailEvent): boolean =>
  resources === undefined ||
  [job, resource].some((name) => name !== undefined && matchesAny(resources, name));

const isWithin = ({ from, until }: NonNullable<Lane['hours']>, hour: number): boolean =>
  from <= until ? hour >= from && hour < until : hour >= from || hour < until;
