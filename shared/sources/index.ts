/** The list of sources: one line each. Order is the order of asking `owns`. */
import { approvals } from './approvals/index.ts';
import { bigquery } from './bigquery/index.ts';
import { canary } from './canary/index.ts';
import { databricks } from './databricks/index.ts';
import { dataflow } from './dataflow/index.ts';
import { dataproc } from './dataproc/index.ts';
import { deployments } from './deployments/index.ts';
import { iam } from './iam/index.ts';
import { istio } from './istio/index.ts';
import { kong } from './kong/index.ts';
import { kubernetes } from './kubernetes/index.ts';
import { logging } from './logging/index.ts';
import { observed } from './observed/index.ts';
import { openlineage } from './openlineage/index.ts';
import { platform } from './platform/index.ts';
import { pubsub } from './pubsub/index.ts';
import type { Source } from './source.ts';
import { spanner } from './spanner/index.ts';
import { storage } from './storage/index.ts';

export const SOURCES: readonly Source[] = [
  istio,
  kong,
  dataproc,
  dataflow,
  bigquery,
  storage,
  spanner,
  pubsub,
  databricks,
  openlineage,
  approvals,
  deployments,
  observed,
  canary,
  logging,
  kubernetes,
  iam,
  platform,
];
