/** Groups of changes beside those of one resource (the witness family `change`): what rules look for by who or by which kind. */
import type { DeclaredFacts } from '../detections/declared-facts.ts';
import { isDone } from '../detections/kinds.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import { changesControlPlane, strongRightOf } from './control-plane.ts';
import { deployablesOf } from './deployable.ts';
import { DEPLOYED_CHANGES } from './deploy-record.ts';
import { selfGrantsOf } from './self-grant.ts';
import { changedTemplateOf, templateGroup } from './templates.ts';

export const selfGrantGroup = (who: string): string => `self-grant:${who}`;
export const rightsGroup = (who: string): string => `rights:${who}`;
export const controlPlaneGroup = (who: string): string => `control-plane:${who}`;

export function changeGroupsOf(event: TrailEvent, declared: DeclaredFacts): readonly string[] {
  if (!isDone(event)) return NONE;
  const groups: string[] = [];
  const isHeld = declared.corroboration.deployRecords !== 'ignored';
  if (isHeld && deployablesOf(event, declared).length > 0) groups.push(DEPLOYED_CHANGES);
  const template = changedTemplateOf(event);
  if (template !== undefined) groups.push(templateGroup(template));
  const who = event.actor?.id;
  if (who === undefined) return groups;
  if (selfGrantsOf(event, declared).length > 0) groups.push(selfGrantGroup(who));
  if (strongRightOf(event) !== undefined) groups.push(rightsGroup(who));
  if (changesControlPlane(event)) groups.push(controlPlaneGroup(who));
  return groups;
}

const NONE: readonly string[] = [];
