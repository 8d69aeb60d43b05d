/** Changes that come by a deployment, or ought to: of policies, of the gateway, of job roles, of who writes evidence, of what makes later jobs. */
import type { DeclaredFacts } from '../detections/declared-facts.ts';
import { foundBy } from '../detections/detect.ts';
import type { Detection, Found, Prior } from '../detections/detection.ts';
import { evidenceWriterAdded } from '../detections/evidence-writer-added.ts';
import { gatewayConfigInlineEdit } from '../detections/gateway-config-inline-edit.ts';
import { jobRoleGranted } from '../detections/job-role-granted.ts';
import { jobTemplateOrSchedulePlanted } from '../detections/job-template-or-schedule-planted.ts';
import { meshPolicyInlineEdit } from '../detections/mesh-policy-inline-edit.ts';
import type { Action } from '../model/event.ts';
import type { TrailEvent } from '../model/trail-event.ts';

/** What a deploy record says when it means all of a kind: `mesh:*`. */
export type DeployKind = 'mesh' | 'gateway' | 'iam' | 'jobs';

export const DEPLOYED: ReadonlyMap<Detection, DeployKind> = new Map<Detection, DeployKind>([
  [meshPolicyInlineEdit, 'mesh'],
  [gatewayConfigInlineEdit, 'gateway'],
  [jobRoleGranted, 'iam'],
  [evidenceWriterAdded, 'iam'],
  [jobTemplateOrSchedulePlanted, 'jobs'],
]);

const ACTIONS: ReadonlySet<Action> = new Set([...DEPLOYED.keys()].flatMap(({ on }) => on));

/** The configuration as it would be if everybody were a deployer. */
export const withEverybody = (declared: DeclaredFacts): DeclaredFacts => prepared(EVERYBODY, declared, true);
/** As it would be if nobody were. */
export const withNobody = (declared: DeclaredFacts): DeclaredFacts => prepared(NOBODY, declared, false);

type Prepared = WeakMap<DeclaredFacts, DeclaredFacts>;
const EVERYBODY: Prepared = new WeakMap();
const NOBODY: Prepared = new WeakMap();

function prepared(known: Prepared, declared: DeclaredFacts, everybody: boolean): DeclaredFacts {
  const found = known.get(declared) ?? { ...declared, isDeployer: () => everybody };
  known.set(declared, found);
  return found;
}

/** What a detection finds in an event, with the state before where it is known. */
export const foundIn = (
  detection: Detection,
  event: TrailEvent,
  declared: DeclaredFacts,
  prior?: Prior,
): readonly Found[] =>
  detection.on.includes(event.action)
    ? foundBy(detection, {
        event,
        declared,
        decision: undefined,
        ...(prior === undefined ? undefined : { prior }),
      })
    : NONE;

const NONE: readonly Found[] = [];

export interface Deployable {
  readonly detection: Detection;
  readonly kind: DeployKind;
  /** What would be found if nobody were a deployer. */
  readonly found: readonly Found[];
}

/** Which kinds of deployed change an event is: mostly none. */
export function deployablesOf(event: TrailEvent, declared: DeclaredFacts): readonly Deployable[] {
  if (!ACTIONS.has(event.action)) return [];
  const nobody = withNobody(declared);
  const all: Deployable[] = [];
  for (const [detection, kind] of DEPLOYED) {
    const found = foundIn(detection, event, nobody);
    if (found.length > 0) all.push({ detection, kind, found });
  }
  return all;
}
