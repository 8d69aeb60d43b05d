/** One call of a service of the control plane: a single entry, mostly Admin Activity. */
import { audit } from '../audit.ts';
import type { AuditCall, Permission } from '../audit.ts';
import { CALLERS } from '../callers.ts';
import type { Caller, CallerName } from '../callers.ts';
import { PROJECTS } from '../company.ts';
import type { Project } from '../company.ts';
import { nanoTime } from '../entry.ts';
import type { Draft, Json } from '../entry.ts';
import { clock } from '../scene.ts';
import type { Scene } from '../scene.ts';

export interface Change extends Partial<
  Pick<AuditCall, 'log' | 'request' | 'response' | 'metadata' | 'serviceData' | 'status'>
> {
  /** `HH:MM:SS`. */
  readonly at: string;
  readonly to: AuditCall['to'];
  readonly by: CallerName | Caller;
  readonly project: Project;
  readonly service: string;
  readonly method: string;
  readonly resourceName: string;
  readonly permission: string;
  readonly permissionType?: Permission['permissionType'];
  /** `audited_resource` unless told. */
  readonly resource?: Json;
}

export function change(scene: Scene, told: Change): Draft {
  const { at: time, by, project, permission, permissionType, resource, ...rest } = told;
  const at = clock(time);
  return audit({
    ...rest,
    at,
    project: project.id,
    caller: typeof by === 'string' ? CALLERS[by] : by,
    requestTime: nanoTime(scene.midnight + at + scene.random.int(2, 40), scene.random),
    permissions: [
      { permission, resource: told.resourceName, permissionType: permissionType ?? 'ADMIN_WRITE' },
    ],
    resource: resource ?? {
      type: 'audited_resource',
      labels: { project_id: project.id, service: told.service, method: told.method },
    },
  });
}

export const projectResource = ({ id }: Project): Json => ({ type: 'project', labels: { project_id: id } });

type PlatformCall = Pick<Change, 'at' | 'by' | 'service' | 'method' | 'resourceName' | 'permission'> &
  Partial<Change>;

/** Of a service that the source `platform` reads, in the production project unless told otherwise. */
export const platformCall = (scene: Scene, told: PlatformCall): Draft =>
  change(scene, { to: 'platform', project: PROJECTS.prod, ...told });
