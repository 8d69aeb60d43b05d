/** Services through which rights and secrets are had: what a runtime account has little reason to call. */
import type { TrailEvent } from '../model/trail-event.ts';

export const CONTROL_SERVICES = ['iam', 'secretmanager', 'compute'] as const;
export type ControlService = (typeof CONTROL_SERVICES)[number];

/** Undefined for every other call, and for what the service itself has not recorded. */
export function controlServiceOf({ source, method, provenance }: TrailEvent): ControlService | undefined {
  if (provenance !== 'provider') return undefined;
  if (source === 'iam') return 'iam';
  if (source !== 'platform') return undefined;
  if (method.startsWith('google.cloud.secretmanager.')) return 'secretmanager';
  // `v1.compute.instances.list`, `beta.compute.…`, and without a version.
  return method.startsWith('compute.') || method.startsWith('compute.', method.indexOf('.') + 1)
    ? 'compute'
    : undefined;
}
