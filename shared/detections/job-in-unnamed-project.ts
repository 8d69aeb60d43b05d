import { defineDetection } from './detection.ts';
import { evidence } from './evidence.ts';
import { beginsWork, START_CALLS, whoOf } from './kinds.ts';

export const jobInUnnamedProject = defineDetection({
  id: 'job-in-unnamed-project',
  version: 1,
  title: 'Job started in a project that no environment names',
  severity: 'medium',
  why: 'Policies are declared for environments: what runs in a project that belongs to none is decided by nobody.',
  runbook: [
    'Ask the owner of `project` whether data jobs belong there; `principal` started this one.',
    'Name the project under `environments` of jobtrail.yaml, or stop the work and take the right to start it away.',
    'List what else ran there that day (query jobs): findings of one project and day are one alert.',
  ],
  evidence: ['project', 'principal', 'method', 'job'],
  maps: { attack: ['T1578', 'T1648'], soc2: ['CC6.1', 'CC2.1'], iso27001: ['A.5.9', 'A.8.31'] },
  peers: [],
  gaps: ['Projects whose logs are not routed here are not seen at all.'],
  sources: ['dataproc', 'dataflow', 'databricks'],
  on: START_CALLS,
  decide: ({ event }) => {
    if (event.environment !== undefined || !beginsWork(event)) return [];
    const project = event.project ?? '-';
    return [
      {
        key: `${project} ${event.time.slice(0, 'YYYY-MM-DD'.length)}`,
        summary: `${whoOf(event)} started work in the project ${project}, which no environment names.`,
        evidence: evidence(
          ['project', project],
          ['principal', event.actor?.id],
          ['method', event.method],
          ['job', event.job],
        ),
      },
    ];
  },
});
