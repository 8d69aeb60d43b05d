import { defineDetection } from './detection.ts';
import { evidence, textOf } from './evidence.ts';
import { isDone, whoOf } from './kinds.ts';

export const hmacKeyCreated = defineDetection({
  id: 'hmac-key-created',
  version: 1,
  title: 'HMAC key for Cloud Storage created or switched on',
  severity: 'high',
  why: 'An HMAC key reads and writes objects as its account without a token, and entries of its use do not name the key.',
  runbook: [
    'Ask `principal` which tool needs `accessId`; tools of Google need none.',
    'List what the account of the key, `serviceAccount`, did in Cloud Storage since.',
    'Set the key to INACTIVE and delete it (gcloud storage hmac update, delete).',
  ],
  evidence: ['accessId', 'serviceAccount', 'method', 'principal', 'callerIp'],
  maps: { attack: ['T1098.001'], soc2: ['CC6.1', 'CC6.2'], iso27001: ['A.5.17', 'A.8.5'] },
  peers: ['Panther gcp_storage_hmac_keys_create'],
  gaps: ['Keys of people are named by their access id alone.'],
  sources: ['storage'],
  on: ['credential.create'],
  decide: ({ event }) => {
    if (event.source !== 'storage' || !isDone(event)) return [];
    const { actor, claims, method } = event;
    const accessId = textOf(claims, 'accessId');
    const account = textOf(claims, 'keyOf');
    return [
      {
        key: accessId ?? account ?? '-',
        summary: `${whoOf(event)} made an HMAC key usable${account === undefined ? '' : ` for ${account}`}.`,
        evidence: evidence(
          ['accessId', accessId],
          ['serviceAccount', account],
          ['method', method],
          ['principal', actor?.id],
          ['callerIp', textOf(claims, 'callerIp')],
        ),
      },
    ];
  },
});
