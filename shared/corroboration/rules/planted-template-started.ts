import type { DeclaredFacts } from '../../detections/declared-facts.ts';
import { evidence } from '../../detections/evidence.ts';
import { jobTemplateOrSchedulePlanted } from '../../detections/job-template-or-schedule-planted.ts';
import { partiesOf, whoOf } from '../../detections/kinds.ts';
import type { TrailEvent } from '../../model/trail-event.ts';
import { citedAs } from '../cite.ts';
import { foundIn } from '../deployable.ts';
import {
  changedBy,
  coveringRecord,
  DEPLOYED_CHANGES,
  RECORD_WINDOW_MS,
  recordsAround,
} from '../deploy-record.ts';
import type { Facts } from '../facts.ts';
import { anchorOf, defineRule, type Context } from '../rule.ts';
import { isSameIdentity } from '../same-identity.ts';
import { around, back, forth } from '../span.ts';
import { changedTemplateOf, startedTemplateOf, templateGroup } from '../templates.ts';

/** So long a template is remembered as planted, unless somebody puts the reviewed one back. */
const REMEMBERED_MS = 90 * 86_400_000;

export const plantedTemplateStarted = defineRule({
  id: 'planted-template-started',
  number: 'P04',
  version: 1,
  kind: 'correlate',
  title: 'Job started from a template that somebody outside CI changed',
  severity: 'high',
  why: 'The one who starts it lends his rights to what another wrote: the code that was planted runs now.',
  runbook: [
    'Stop `job`; read what `template` runs since `plantedAt`, and under which account (`runAs`).',
    'List what the job read and wrote (query job-data), and the other starts from `template` since.',
    'Put the reviewed version back by the deployment; a declared deployer or a signed deploy record ends the memory.',
  ],
  evidence: ['template', 'planter', 'plantedAt', 'principal', 'job', 'runAs'],
  maps: { attack: ['T1053', 'T1543'], soc2: ['CC8.1', 'CC6.8'], iso27001: ['A.8.32', 'A.8.19'] },
  peers: [],
  gaps: [
    'Workflow and session templates of Dataproc, pipelines of Dataflow, jobs of Databricks: what else starts jobs is not tied to them by its entries.',
    'A change more than 90 days before the start is not remembered.',
  ],
  sources: ['dataproc', 'dataflow', 'databricks', 'deployments'],
  on: [
    'job.submit',
    'job.start',
    'session.create',
    'workflow.run',
    'template.change',
    'schedule.change',
    'deploy',
  ],
  anchors: (record, context) => {
    if (record.kind !== 'event') return [];
    const { event } = record;
    if (event.action !== 'deploy')
      return changedTemplateOf(event) === undefined
        ? [record]
        : startsAfter(event, context.facts).map(anchorOf);
    return context.facts
      .witnesses('change', DEPLOYED_CHANGES, around(record.time, RECORD_WINDOW_MS))
      .flatMap((change) => startsAfter(change, context.facts))
      .map(anchorOf);
  },
  judge: (anchor, context) => {
    const template = anchor.kind === 'event' ? startedTemplateOf(anchor.event) : undefined;
    if (anchor.kind !== 'event' || template === undefined) return [];
    const { event } = anchor;
    const change = lastChange(template, event, context.facts);
    if (change === undefined || !isPlanted(change, context.declared)) return [];
    const planter = change.actor?.id;
    // Whoever starts what he wrote himself plants nothing on anybody.
    if (partiesOf(event).some((who) => isSameIdentity(who, planter))) return [];
    const cited = [citedAs('start', event), citedAs('planted', change)];
    const record = recordOf(change, context);
    if (record !== undefined) {
      return [
        {
          verdict: 'satisfied' as const,
          cited: [...cited, citedAs('deploy', record)],
          reason: 'A signed deploy record covers the last change of the template.',
        },
      ];
    }
    return [
      {
        verdict: 'violated' as const,
        cited,
        found: {
          key: template,
          summary: `${whoOf(event)} started work from ${template}, which ${planter ?? 'somebody'} changed outside of CI.`,
          evidence: evidence(
            ['template', template],
            ['planter', planter],
            ['plantedAt', change.time],
            ['principal', event.actor?.id],
            ['job', event.job],
            ['runAs', event.runAs],
          ),
        },
      },
    ];
  },
});

function startsAfter(change: TrailEvent, facts: Facts): readonly TrailEvent[] {
  const template = changedTemplateOf(change);
  return template === undefined
    ? []
    : facts.witnesses('start', templateGroup(template), forth(change.time, REMEMBERED_MS));
}

/** The version that ran: who wrote over what was planted took it away. */
const lastChange = (template: string, start: TrailEvent, facts: Facts): TrailEvent | undefined =>
  facts
    .witnesses('change', templateGroup(template), back(start.time, REMEMBERED_MS))
    .findLast(({ id }) => id !== start.id);

const isPlanted = (change: TrailEvent, declared: DeclaredFacts): boolean =>
  foundIn(jobTemplateOrSchedulePlanted, change, declared).some(({ verdict }) => verdict !== 'undetermined');

function recordOf(change: TrailEvent, { declared, facts }: Context): TrailEvent | undefined {
  if (declared.corroboration.deployRecords === 'ignored') return undefined;
  const keys = foundIn(jobTemplateOrSchedulePlanted, change, declared).map(({ key }) => key);
  return coveringRecord(changedBy(change, 'jobs', keys), recordsAround(change.time, facts), [], declared);
}
