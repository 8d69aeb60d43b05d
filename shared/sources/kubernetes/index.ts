/**
 * Kubernetes clusters on Google Cloud: what their API servers record (k8s.io), and the administration of the clusters
 * themselves (container.googleapis.com, gkehub.googleapis.com). Formats: docs/sources/kubernetes.md.
 */
import { serviceOf } from '../../audit/service.ts';
import { auditSource } from '../../audit/source.ts';
import type { Source } from '../source.ts';
import { normaliseApiCall } from './api-call.ts';
import { CLUSTER_METHODS, readCluster, readFeature } from './clusters.ts';
import { KINDS } from './kinds.ts';

const API_SERVER = 'k8s.io';

const clusters = auditSource({
  name: 'kubernetes',
  version: 1,
  tables: CLUSTER_METHODS,
  readers: { cluster: readCluster, feature: readFeature },
});

export const kubernetes: Source = {
  name: 'kubernetes',
  version: 1,
  methods: [...KINDS.map((kind) => `${API_SERVER} ${kind}`), ...clusters.methods],
  owns: (entry) => serviceOf(entry) === API_SERVER || clusters.owns(entry),
  normalise(entry) {
    const payload = entry.protoPayload;
    return payload === undefined || serviceOf(entry) !== API_SERVER
      ? clusters.normalise(entry)
      : normaliseApiCall(entry, payload);
  },
};
