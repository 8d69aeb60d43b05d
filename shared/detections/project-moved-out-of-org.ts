import { defineDetection } from './detection.ts';
import { evidence, textOf } from './evidence.ts';
import { whoOf } from './kinds.ts';

export const projectMovedOutOfOrg = defineDetection({
  id: 'project-moved-out-of-org',
  version: 1,
  title: 'Project or folder moved out of the organisation',
  severity: 'critical',
  why: 'What is moved away leaves its organisation policies, perimeters and aggregated sinks behind, and takes its data with it.',
  runbook: [
    'Look where `project` went: `parent` names the organisation or folder; refused attempts say that somebody tried.',
    'Move it back while its owner still can, and take the role projectMover from `principal`.',
    'Look which sinks of the organisation lost it; its logs since are in its own buckets only.',
  ],
  evidence: ['project', 'parent', 'outcome', 'principal', 'callerIp'],
  maps: { attack: ['T1666', 'T1537'], soc2: ['CC6.1', 'CC7.2'], iso27001: ['A.5.14', 'A.8.15'] },
  peers: ['Stratus gcp.defense-evasion.remove-project-from-organization (technique, no rule)'],
  gaps: ['Undetermined where `organisation.ids` does not name the organisations and folders that are ours.'],
  sources: ['platform'],
  on: ['org.change'],
  decide: ({ event, declared }) => {
    const { claims, actor, method, outcome, resource } = event;
    if (!MOVES.test(method) || outcome === 'failed') return [];
    const parent = textOf(claims, 'parent');
    if (parent === undefined) return [];
    const isOwn = declared.isOwnContainer(parent);
    if (isOwn === true) return [];
    const isUnderOrganisation = parent.startsWith('organizations/') || parent.startsWith('organization/');
    // A folder that nobody lists may be one of ours; of an update that names its parent nothing tells that it moved.
    const isKnown = isOwn === false && isUnderOrganisation;
    if (!isKnown && !method.includes('Move')) return [];
    const moved = resource ?? '-';
    return [
      {
        key: moved,
        severity: outcome === 'allowed' ? 'critical' : 'high',
        verdict: isKnown ? 'violation' : 'undetermined',
        summary: `${whoOf(event)} ${outcome === 'allowed' ? 'moved' : 'tried to move'} ${moved} to ${parent}, which is ${isKnown ? 'none of ours' : 'not among what is declared'}.`,
        evidence: evidence(
          ['project', moved],
          ['parent', parent],
          ['outcome', outcome],
          ['principal', actor?.id],
          ['callerIp', textOf(claims, 'callerIp')],
        ),
      },
    ];
  },
});

/** v3 moves; v1 updates the project with another parent. */
const MOVES = /(?:^|\.)(?:MoveProject|UpdateProject|MoveFolder)$/;
