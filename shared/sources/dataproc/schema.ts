/**
 * The parts of a Dataproc log line's jsonPayload that are read (fluentd's records of a cluster's daemons, drivers and
 * containers). Nothing is required: which fields a record has depends on the image version. Requests and responses of
 * audit entries are read field by field where they are used, since they are large and mostly not wanted.
 * Source: https://cloud.google.com/dataproc/docs/guides/logging.
 */
import * as z from 'zod';

const text = z.string().optional().catch(undefined);

export const DaemonRecord = z.object({
  /** Java class that logged, `org.apache.hadoop.yarn.server.resourcemanager.RMAuditLogger`. */
  class: text,
  filename: text,
  message: text,
  /** YARN application and container of a container's own log. */
  application: text,
  container: text,
  container_logname: text,
});
export type DaemonRecord = z.infer<typeof DaemonRecord>;
