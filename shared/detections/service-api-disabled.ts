import { defineDetection } from './detection.ts';
import { evidence, listOf, textOf } from './evidence.ts';
import { isDone, whoOf } from './kinds.ts';

export const serviceApiDisabled = defineDetection({
  id: 'service-api-disabled',
  version: 1,
  title: 'API of logs, of their delivery or of jobs switched off',
  severity: 'high',
  why: 'Without Logging or Pub/Sub nothing of the project reaches this audit; without Dataproc its running clusters are left alone.',
  runbook: [
    'Switch `service` on again in `project` (gcloud services enable).',
    'Ask `principal` why; look which other services of the project were switched off in the hour around it.',
    'Look for the gap: source-silent and log-sequence-gap of the project until entries come again.',
  ],
  evidence: ['service', 'project', 'principal', 'callerIp'],
  maps: { attack: ['T1685.002', 'T1489'], soc2: ['CC7.2', 'A1.2'], iso27001: ['A.8.15', 'A.8.16'] },
  peers: ['SecOps gcp_multiple_service_apis_disabled (more than 5 in an hour)'],
  gaps: ['What was switched off because it depends on another service is not named in the entry.'],
  sources: ['platform'],
  on: ['org.change'],
  decide: ({ event }) => {
    const { claims, actor, method, project } = event;
    if (!DISABLES.test(method) || !isDone(event)) return [];
    return listOf(claims, 'services').flatMap(([service]) =>
      service !== undefined && NEEDED.has(service)
        ? [
            {
              key: `${project ?? '-'} ${service}`,
              summary: `${whoOf(event)} switched ${service} off in ${project ?? 'a project'}.`,
              evidence: evidence(
                ['service', service],
                ['project', project],
                ['principal', actor?.id],
                ['callerIp', textOf(claims, 'callerIp')],
              ),
            },
          ]
        : [],
    );
  },
});

const DISABLES = /(?:^|\.)(?:DisableService|DeactivateServices)$/;
const NEEDED: ReadonlySet<string> = new Set([
  'logging.googleapis.com',
  'pubsub.googleapis.com',
  'dataproc.googleapis.com',
]);
