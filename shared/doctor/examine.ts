/** Runs every check, each with what it needs; what cannot be had is a line of its own and ends nothing. */
import type { Bundle } from '../config/bundle.ts';
import type { JobtrailError } from '../errors.ts';
import type { OpenedSchema } from '../store/spanner/migrate-database.ts';
import type { Store } from '../store/store.ts';
import { checkConfiguration } from './checks/configuration.ts';
import type { DatabasePlace } from './checks/schema.ts';
import { examineCloud } from './examine-cloud.ts';
import { examineStore } from './examine-store.ts';
import type { CloudApis } from './facts.ts';
import type { Line } from './line.ts';

export interface Examination {
  /** As `--store` names it. */
  readonly store: string;
  readonly config: string | undefined;
  /** The defaults, where the files cannot be read. */
  readonly bundle: Bundle;
  readonly problem: JobtrailError | undefined;
  /** Project of the pipeline; undefined: Google's APIs are not asked. */
  readonly project: string | undefined;
  /** Where sinks are looked for beside the projects and what is above them. */
  readonly scopes: readonly string[];
  readonly cloud: CloudApis;
  /** Undefined for the embedded store. */
  readonly schema: OpenedSchema | undefined;
  readonly place: DatabasePlace | undefined;
  readonly open: () => Promise<Store>;
  /** This machine's clock, milliseconds. */
  readonly clock: () => number;
}

export async function examine(examination: Examination): Promise<readonly Line[]> {
  // Each waits for another server.
  const [ofStore, ofCloud] = await Promise.all([examineStore(examination), examineCloud(examination)]);
  const { bundle, config, problem, store } = examination;
  const configuration = checkConfiguration({
    path: config,
    store,
    problem,
    digest: bundle.digest,
    policies: bundle.policies,
    rules: bundle.rules.length,
    environments: Object.values(bundle.config.environments).flat().length,
    // Into an embedded store nothing is deployed.
    inForce: examination.schema === undefined ? undefined : ofStore.inForce,
  });
  return [...configuration, ...ofStore.lines, ...ofCloud];
}
