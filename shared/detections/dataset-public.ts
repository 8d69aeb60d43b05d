import { isPublicMember } from '../audit/iam-policy.ts';
import { bindingsOf } from './bindings.ts';
import { defineDetection } from './detection.ts';
import { evidence, isTrue, textOf } from './evidence.ts';
import { whoOf } from './kinds.ts';

export const datasetPublic = defineDetection({
  id: 'dataset-public',
  version: 1,
  title: 'BigQuery dataset or table opened to everybody',
  severity: 'high',
  why: 'Everybody with a Google account can query the data from a project of their own, and it is billed and logged there.',
  runbook: [
    'Look what is in `resource`, and which `role` `member` was given.',
    'Remove the grant; look for readers that are none of ours among its data.read events since.',
    'Declare a dataset that is meant to be public in `datasets` with the classification public.',
  ],
  evidence: ['resource', 'member', 'role', 'classification', 'principal', 'callerIp'],
  maps: { attack: ['T1537', 'T1213.006'], soc2: ['CC6.1', 'CC6.7', 'C1.1'], iso27001: ['A.8.3', 'A.8.12'] },
  peers: ['SecOps gcp_bigquery_datasets_opened_to_public', 'Falco GCP BigQuery dataset set to public'],
  gaps: ['A dataset that is public already raises again when its access list is changed.'],
  sources: ['bigquery'],
  on: ['data.share', 'schema.change'],
  decide: ({ event, declared }) => {
    const { claims, action, actor, resource } = event;
    if (event.source !== 'bigquery' || !isTrue(claims, 'publicMember')) return [];
    if (event.outcome !== 'allowed') return [];
    // Every description of a dataset has its access list: only one that was made or shared was opened now.
    if (action === 'schema.change' && textOf(claims, 'event') !== 'datasetCreation') return [];
    // `projects/P/datasets/D/tables/T`: every second part is a name.
    const names = (resource ?? '').split('/').filter((_, at) => at % 2 === 1);
    const id = `bigquery:${names.join('.')}`;
    const classification = declared.datasetLabel(id)?.classification;
    if (classification === 'public') return [];
    const { added, standing } = bindingsOf(claims);
    const grant = [...added, ...standing].find(({ member }) => isPublicMember(member));
    return [
      {
        key: id,
        severity: classification === 'confidential' || classification === 'restricted' ? 'critical' : 'high',
        summary: `${whoOf(event)} opened ${id} to everybody.`,
        evidence: evidence(
          ['resource', resource],
          ['member', grant?.member],
          ['role', grant?.role],
          ['classification', classification],
          ['principal', actor?.id],
          ['callerIp', textOf(claims, 'callerIp')],
        ),
      },
    ];
  },
});
