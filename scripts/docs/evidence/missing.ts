/** Evidence that detections name and no source brings, and what stands in its place. */
import { missingRows } from './row.ts';

export const MISSING = missingRows(`
  VPC flow logs to Hadoop ports | P05 | too many to keep as evidence; firewall rules and cluster tags tell what is reachable
  kind of a Kong credential | U06 | Kong does not log it; the id is there, an inventory of credentials has to tell
  use of an HMAC key | U06 | Cloud Storage names the service account and not the key
  which setting of a bucket was changed | L06 L16 | the entry of \`storage.buckets.update\` does not say; lifecycle, retention and versioning have to be read from the bucket
  requests to the regional MCP endpoint | U11 | no captured entry shows how they are recorded; the calls they make have entries of their own
  Dataflow worker log levels | L14 | the entry of \`dataflow.jobs.create\` has no pipeline options
  tail sampling in an OpenTelemetry collector | L10 | the configuration of a collector is in no log but that of its ConfigMap, which is not read
  \`traceSampled\` | L10 | not recorded: no verdict rests on a trace alone
  declarative configuration of a gateway without database | D04 L11 | Kong records neither the push nor its hash; deployments tell what was meant to be in force
  signature of Kong audit records, verified | L11 D04 | the record says that it is signed; how is not documented well enough to check it
  lines missing from an audit file read again | L12 | lines are events, whichever version of a file brings them; which file a line stood in is not kept
  reads of the metadata server | U14 | no service records them; the later use of the token is
  hash chain of stored rows | L16 | receipts hold a root for each commit; they are not yet signed and chained
  suppressions and alert routes | D08 | there are none yet; every event names the digest of the configuration it was read under
  Dataform, Composer and Workspace logs beyond those listed | U12 | schedules that they start come through the job APIs
`);
