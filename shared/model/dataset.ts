/**
 * Dataset ids in OpenLineage naming (namespace and name in one string):
 *
 *   gs://BUCKET/KEY_OR_PREFIX        bigquery:PROJECT.DATASET.TABLE
 *   spanner://PROJECT:INSTANCE/DB[.TABLE]     pubsub:topic:PROJECT:TOPIC   pubsub:subscription:PROJECT:SUB
 *   bigtable://PROJECT:INSTANCE/TABLE         hive://CLUSTER/DB.TABLE      jdbc, kafka as given
 *   unitycatalog:CATALOG.SCHEMA.TABLE         unitycatalog:/Volumes/…        dbfs://WORKSPACE/PATH
 */
export type DatasetId = string & { readonly __brand: 'DatasetId' };

/** Google's limit for an object name is 1,024 bytes; anything longer is no dataset name. */
export const MAX_DATASET_ID = 1024;

/** Branded when it can be a key, undefined when it is empty, too long or holds control characters. */
export function datasetId(text: string): DatasetId | undefined {
  if (text.length === 0 || text.length > MAX_DATASET_ID) return undefined;
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) < 0x20) return undefined;
  return text as DatasetId;
}
