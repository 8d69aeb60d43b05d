import { isPublicMember } from '../audit/iam-policy.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { bindingsOf } from './bindings.ts';
import { isOwnPlace, placeOf } from './dataset-place.ts';
import type { DeclaredFacts } from './declared-facts.ts';
import { defineDetection, type Found } from './detection.ts';
import { evidence, isTrue, numberOf, textOf } from './evidence.ts';
import { partiesOf, whoOf } from './kinds.ts';
import { onePerKey } from './one-per-key.ts';

const ID = 'bq-destination-outside-org';

export const bqDestinationOutsideOrg = defineDetection({
  id: ID,
  number: 'X01',
  version: 2,
  title: 'Query, copy, load or extract lands outside the organisation',
  severity: 'high',
  why: 'A job that may read a table can write it into a project or bucket of somebody else, where nothing of ours applies.',
  runbook: [
    'Look whose `destination` is, and by which `jobType` it was reached.',
    'Ask the owner of `principal` for the contract; a partner is declared as an exemption of this rule with an end.',
    'Look what the job read (jobtrail explain JOB) and take the right to create jobs from `principal` until that is clear.',
  ],
  evidence: ['destination', 'principal', 'jobType', 'statementType', 'role', 'source'],
  maps: {
    attack: ['T1537', 'T1567.002'],
    soc2: ['CC6.7', 'C1.1'],
    iso27001: ['A.8.12', 'A.5.14'],
  },
  peers: [
    'ETD Exfiltration: BigQuery Data Exfiltration (exfil_to_external_table)',
    'ETD Exfiltration: BigQuery Data Extraction',
    'SecOps gcp_bigquery_results_downloaded_from_multiple_tables',
  ],
  gaps: [
    'Not judged without `organisation` and `environments` in the configuration.',
    'Views authorised for datasets of others are counted in the entry and not named; linked datasets and listings of Analytics Hub are not seen.',
    'Sheets and files of Drive as destination: the entry does not name them.',
  ],
  sources: ['bigquery'],
  on: ['job.finish', 'data.share'],
  decide: ({ event, declared }) => {
    if (event.source !== 'bigquery' || event.outcome !== 'allowed') return [];
    return event.action === 'data.share' ? shares(event, declared) : lands(event, declared);
  },
});

function lands(event: TrailEvent, declared: DeclaredFacts): readonly Found[] {
  const { claims, actor } = event;
  const jobType = textOf(claims, 'jobType');
  const statementType = textOf(claims, 'statementType');
  const told = [
    ['jobType', jobType],
    ['statementType', statementType],
  ] as const;
  const found: Found[] = [];
  let isToldWhere = false;
  for (const { dataset, op } of event.datasets) {
    // What a query reads from files of others, it reads through an external table.
    const isExternalTable = op === 'read' && jobType === 'QUERY' && dataset.startsWith('gs://');
    if (op !== 'write' && !isExternalTable) continue;
    if (op === 'write') isToldWhere = true;
    const place = placeOf(dataset);
    if (place === undefined) continue;
    const isOwn = isOwnPlace(place, declared) ?? (place.kind === 'elsewhere' ? false : undefined);
    if (isOwn !== false || isExcused(event, declared, dataset)) continue;
    const key = `${actor?.id ?? '-'} ${place.name}`;
    const principal = ['principal', actor?.id] as const;
    found.push(
      isExternalTable
        ? {
            key: `${key} read`,
            severity: 'medium',
            summary: `${whoOf(event)} queried files in ${place.name}, which is none of the organisation's.`,
            evidence: evidence(['source', dataset], principal, ...told),
          }
        : {
            key,
            summary: `A BigQuery job of ${whoOf(event)} wrote to ${place.name}, which is none of the organisation's.`,
            evidence: evidence(['destination', dataset], principal, ...told),
          },
    );
  }
  if (found.length > 0) return onePerKey(found);
  const isCutOff = isTrue(claims, 'truncated') || numberOf(claims, 'datasetsBeyondLimit') !== undefined;
  const isHidden = statementType === 'EXPORT_DATA' && !isToldWhere;
  if (!isCutOff && !isHidden) return [];
  return [
    {
      key: `${actor?.id ?? '-'} undetermined`,
      verdict: 'undetermined',
      summary: `The entry about a BigQuery job of ${whoOf(event)} does not tell all of where it wrote to.`,
      evidence: evidence(['principal', actor?.id], ...told),
    },
  ];
}

function shares(event: TrailEvent, declared: DeclaredFacts): readonly Found[] {
  const { claims, actor, resource } = event;
  const { added, standing, cut } = bindingsOf(claims);
  const found = [...added, ...standing].flatMap(({ role, member }) =>
    // dataset-public says of everybody.
    isPublicMember(member) || declared.isExternalMember(member) !== true || isExcused(event, declared, member)
      ? []
      : [
          {
            key: `${resource ?? '-'} ${member}`,
            summary: `${whoOf(event)} gave ${member}, who is none of the organisation's, access to data in BigQuery.`,
            evidence: evidence(['destination', member], ['role', role], ['principal', actor?.id]),
          },
        ],
  );
  if (found.length > 0 || !cut) return onePerKey(found);
  return [
    {
      key: `${resource ?? '-'} undetermined`,
      verdict: 'undetermined',
      summary: `${whoOf(event)} shared data in BigQuery with more members than the entry keeps.`,
      evidence: evidence(['principal', actor?.id]),
    },
  ];
}

const isExcused = (event: TrailEvent, declared: DeclaredFacts, resource: string): boolean =>
  declared.exemption(ID, {
    principals: partiesOf(event),
    resource,
    environment: event.environment,
    time: event.time,
  }) !== undefined;
