import { isPublicMember } from '../audit/iam-policy.ts';
import { bindingsOf } from './bindings.ts';
import { defineDetection } from './detection.ts';
import { evidence, isTrue, textOf } from './evidence.ts';
import { isDone, whoOf } from './kinds.ts';

export const bucketPublic = defineDetection({
  id: 'bucket-public',
  version: 1,
  title: 'Bucket opened to everybody',
  severity: 'high',
  why: 'Everybody on the internet, or everybody with a Google account, gets what the role allows on all objects of the bucket.',
  runbook: [
    'Look what is in `bucket`, and which `role` `member` was given.',
    'Remove the grant and enforce public access prevention on the bucket.',
    'List reads of the bucket since, by callers that are none of ours (Data Access logs); declare a bucket that is meant to be public in `datasets`.',
  ],
  evidence: ['bucket', 'member', 'role', 'classification', 'principal', 'callerIp'],
  maps: { attack: ['T1537', 'T1530'], soc2: ['CC6.1', 'CC6.7', 'C1.1'], iso27001: ['A.8.3', 'A.8.12'] },
  peers: ['SecOps gcp_storage_bucket_opened_to_public', 'Falco GCP Bucket set to public'],
  gaps: [
    'Access control lists of objects, and a predefined list at creation, are not in the entry.',
    'A policy of a bucket that is public already raises again when it is set as a whole.',
  ],
  sources: ['storage'],
  on: ['iam.change', 'schema.change'],
  decide: ({ event, declared }) => {
    const { claims, actor, resource } = event;
    if (event.source !== 'storage' || !isTrue(claims, 'publicMember') || !isDone(event)) return [];
    const bucket = resource?.split('/')[3] ?? '-';
    const classification = declared.datasetLabel(`gs://${bucket}`)?.classification;
    if (classification === 'public') return [];
    const { added, standing } = bindingsOf(claims);
    const grant = [...added, ...standing].find(({ member }) => isPublicMember(member));
    return [
      {
        key: bucket,
        severity: classification === 'confidential' || classification === 'restricted' ? 'critical' : 'high',
        summary: `${whoOf(event)} opened the bucket ${bucket} to everybody.`,
        evidence: evidence(
          ['bucket', bucket],
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
