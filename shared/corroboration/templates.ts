/** Definitions that jobs are made of later: which one a change is of, and which one a start was made of. */
import { textOf } from '../detections/evidence.ts';
import { beginsWork, isDone } from '../detections/kinds.ts';
import type { TrailEvent } from '../model/trail-event.ts';

/** The group of changes, and of starts, of one template. */
export const templateGroup = (template: string): string => `template:${template}`;

/** Undefined for what changes none, or does not name it. */
export function changedTemplateOf(event: TrailEvent): string | undefined {
  const { action, source, method, job } = event;
  if ((action !== 'template.change' && action !== 'schedule.change') || !isDone(event)) return undefined;
  switch (source) {
    case 'dataproc':
      return placed(event, method.includes('SessionTemplate') ? 'session' : 'workflow', 'template');
    case 'dataflow':
      return placed(event, 'pipeline', 'pipeline');
    case 'databricks':
      return definitionIn(job);
    default:
      return undefined;
  }
}

export function startedTemplateOf(event: TrailEvent): string | undefined {
  if (!beginsWork(event)) return undefined;
  const { source, action, method, parentJob, job } = event;
  switch (source) {
    case 'dataproc':
      if (action === 'session.create') return placed(event, 'session', 'sessionTemplate');
      // An inline template is what its caller wrote there and then.
      return action === 'workflow.run' && !method.includes('Inline')
        ? placed(event, 'workflow', 'template')
        : undefined;
    case 'dataflow':
      return placed(event, 'pipeline', 'pipeline');
    case 'databricks':
      return definitionIn(parentJob) ?? definitionIn(job);
    default:
      return undefined;
  }
}

/** Names are unique within a kind, a project and a region; entries spell the place in several ways. */
function placed(event: TrailEvent, kind: string, claim: string): string | undefined {
  const name = textOf(event.claims, claim);
  if (name === undefined || event.project === undefined) return undefined;
  const id = name.slice(name.lastIndexOf('/') + 1);
  return `${event.source}:${event.project}/${event.location ?? '-'}/${kind}/${id}`;
}

const definitionIn = (job: string | undefined): string | undefined =>
  job !== undefined && /^databricks:[^/]+\/job\//.test(job) ? job : undefined;
