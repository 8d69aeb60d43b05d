/** TLS that an Istio DestinationRule asks of a hop. https://istio.io/latest/docs/reference/config/networking/destination-rule/ */
import type { TrailClaims } from '../model/trail-event.ts';
import { isObject, list, obj, str, type Json } from '../sources/fields.ts';
import { parseJson } from './claimed-json.ts';
import { textOf } from './evidence.ts';

/** Of the rule, its ports and its subsets. */
export function tlsModes(claims: TrailClaims): readonly string[] {
  const spec = parseJson(textOf(claims, 'spec'));
  const modeOf = (settings: Json | undefined): readonly string[] => {
    const mode = str(obj(settings, 'tls'), 'mode');
    return mode === undefined ? [] : [mode];
  };
  const ofPolicy = (policy: Json | undefined): readonly string[] => [
    ...modeOf(policy),
    ...list(policy, 'portLevelSettings').flatMap((port) => (isObject(port) ? modeOf(port) : [])),
  ];
  const subsets = list(spec, 'subsets').filter(isObject);
  const modes = [
    ofPolicy(obj(spec, 'trafficPolicy')),
    ...subsets.map((one) => ofPolicy(obj(one, 'trafficPolicy'))),
  ];
  const first = textOf(claims, 'tlsMode');
  return spec === undefined && first !== undefined ? [first] : modes.flat();
}

/** Names of services of the cluster: short ones, and those below its domain. Others are the world's. */
export const isInMesh = (host: string, namespace: string | undefined): boolean =>
  !host.includes('.') ||
  /\.svc$|\.local$/.test(host) ||
  (namespace !== undefined && host.endsWith(`.${namespace}`));
