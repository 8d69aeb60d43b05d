import type { TrailEvent } from '../model/trail-event.ts';
import type { DeclaredFacts } from './declared-facts.ts';
import { defineDetection } from './detection.ts';
import { evidence, numberOf, textOf } from './evidence.ts';

/** 1 GiB, as the peer rule has it. */
const LARGE_BYTES = 2 ** 30;

export const bqLargeOrDestructiveQuery = defineDetection({
  id: 'bq-large-or-destructive-query',
  version: 1,
  title: 'Person ran a large or destructive query',
  severity: 'low',
  why: 'Jobs read and delete at scale every day, people seldom do: one large scan may be a copy, one statement may be a loss.',
  runbook: [
    'Look what `principal` did to `dataset` by `statement`, and how much it read (`processedBytes`).',
    'Compare with the same person on the days before (jobs-of-principal).',
    'Restore by time travel within seven days where data was deleted.',
  ],
  evidence: ['statement', 'processedBytes', 'dataset', 'classification', 'principal', 'callerIp'],
  maps: {
    attack: ['T1530', 'T1485'],
    soc2: ['CC6.1', 'CC7.2', 'C1.1'],
    iso27001: ['A.8.3', 'A.8.10', 'A.8.12'],
  },
  peers: ['Panther gcp_bigquery_large_scan', 'Panther gcp_destructive_queries', 'CSA 5.07', 'CSA 5.08'],
  gaps: [
    'Statements of a script are jobs of their own and judged there.',
    'Reads through the API of table data and the Storage API have no byte count.',
  ],
  sources: ['bigquery'],
  on: ['job.finish', 'data.delete'],
  decide: ({ event, declared }) => {
    const { source, actor, outcome, action, claims } = event;
    if (source !== 'bigquery' || actor?.kind !== 'user' || outcome !== 'allowed') return [];
    // What a query dropped or deleted, the end of the query tells.
    if (action === 'data.delete' && event.job !== undefined) return [];
    const statement = action === 'data.delete' ? textOf(claims, 'event') : destructive(event);
    const bytes = bytesOf(event);
    if (statement === undefined && bytes < LARGE_BYTES) return [];
    const dataset = subjectOf(event, statement !== undefined);
    const classification = labelOf(event, declared);
    return [
      {
        key: `${actor.id} ${statement === undefined ? 'large' : 'destructive'} ${dataset ?? '-'}`,
        severity: classification === undefined ? 'low' : 'medium',
        summary:
          statement === undefined
            ? `${actor.id} read ${Math.floor(bytes / LARGE_BYTES)} GiB in one query.`
            : `${actor.id} ran ${statement} on ${dataset ?? 'data of BigQuery'}.`,
        evidence: evidence(
          ['statement', statement ?? textOf(claims, 'statementType')],
          ['processedBytes', bytes === 0 ? undefined : bytes],
          ['dataset', dataset],
          ['classification', classification],
          ['principal', actor.id],
          ['callerIp', textOf(claims, 'callerIp')],
        ),
      },
    ];
  },
});

const STATEMENTS: ReadonlySet<string> = new Set(['UPDATE', 'DELETE', 'TRUNCATE_TABLE', 'ALTER_TABLE']);

function destructive({ claims }: TrailEvent): string | undefined {
  const type = textOf(claims, 'statementType');
  return type !== undefined && (STATEMENTS.has(type) || type.startsWith('DROP_')) ? type : undefined;
}

/** An int64: digits as text, or a number; beyond 2^53 the magnitude is enough. */
function bytesOf({ claims }: TrailEvent): number {
  return numberOf(claims, 'processedBytes') ?? Number(textOf(claims, 'processedBytes') ?? 0);
}

function subjectOf({ datasets, resource, action }: TrailEvent, isWrite: boolean): string | undefined {
  const first = datasets.find(({ op }) => op === (isWrite ? 'write' : 'read'));
  return first?.dataset ?? (action === 'data.delete' ? resource : undefined);
}

/** The label of a dataset that makes it worth a look; undefined where none has one. */
function labelOf({ datasets }: TrailEvent, declared: DeclaredFacts): string | undefined {
  for (const { dataset } of datasets) {
    const classification = declared.datasetLabel(dataset)?.classification;
    if (classification === 'confidential' || classification === 'restricted') return classification;
  }
  return undefined;
}
