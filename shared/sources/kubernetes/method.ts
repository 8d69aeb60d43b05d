/**
 * What a Kubernetes API call of a GKE audit entry is about. `methodName` is
 * `<reversed group>.<version>.<plural>[.<subresource>].<verb>` (`io.k8s.authorization.rbac.v1.rolebindings.create`, core:
 * `io.k8s.core.v1.pods.exec.create`); `resourceName` is `<group>/<version>[/namespaces/<ns>]/<plural>[/<name>[/<sub>]]`.
 * The plural, the subresource and the verb are taken from the first; group, namespace and name from the second,
 * which spells the group as Kubernetes does.
 */
import { segmentAfter } from '../../audit/payload.ts';

export interface Call {
  /** `core`, `apps`, `security.istio.io`. */
  readonly group: string;
  readonly plural: string;
  /** `status`, `exec`, `token`; empty for the object itself. */
  readonly subresource: string;
  readonly verb: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** Undefined where the method is not of this grammar. */
export function callOf(methodName: string, resourceName: string | undefined): Call | undefined {
  // Groups have few labels; a longer text is no method.
  const parts = methodName.split('.', 16);
  const version = parts.findIndex((part) => /^v[0-9][a-z0-9]{0,15}$/.test(part));
  const plural = parts[version + 1];
  const verb = parts.at(-1);
  if (version < 1 || plural === undefined || verb === undefined || parts.length < version + 3)
    return undefined;
  const subresource = parts.slice(version + 2, -1).join('/');
  const namespace = segmentAfter(resourceName, 'namespaces');
  const name = segmentAfter(resourceName, plural);
  return {
    group: groupOf(resourceName) ?? groupOfMethod(parts.slice(0, version)),
    plural,
    subresource,
    verb,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  };
}

/** The first segment, where a version follows it. */
function groupOf(resourceName: string | undefined): string | undefined {
  if (resourceName === undefined) return undefined;
  const slash = resourceName.indexOf('/');
  if (slash <= 0 || !/^v[0-9]/.test(resourceName.slice(slash + 1, slash + 3))) return undefined;
  return resourceName.slice(0, slash);
}

/** Groups that Kubernetes names without its domain. */
const SHORT = new Set(['core', 'apps', 'batch', 'autoscaling', 'policy', 'extensions']);

function groupOfMethod(reversed: readonly string[]): string {
  const [, , own] = reversed;
  if (reversed.length === 3 && reversed[1] === 'k8s' && own !== undefined && SHORT.has(own)) return own;
  return reversed.toReversed().join('.');
}
