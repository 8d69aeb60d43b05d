/** Runs every check, each with what it needs; what cannot be had is a line of its own and ends nothing. */
import type { Bundle } from '../config/bundle.ts';
import { parseState } from '../corroboration/health/state.ts';
import { JobtrailError } from '../errors.ts';
import { migrations } from '../store/spanner/migrations.ts';
import { planOf } from '../store/spanner/migrate-plan.ts';
import type { OpenedSchema } from '../store/spanner/migrate-database.ts';
import type { Store } from '../store/store.ts';
import { timestampOf } from '../store/timestamp.ts';
import { checkClock } from './checks/clock.ts';
import { checkConfiguration } from './checks/configuration.ts';
import { checkEvidence } from './checks/evidence.ts';
import { checkCanaries, checkPaths, PATHS } from './checks/paths.ts';
import { checkSchema, type SchemaFacts } from './checks/schema.ts';
import { ofCloud } from './examine-cloud.ts';
import type { CloudApis } from './facts.ts';
import { type Line, shellWord, teller } from './line.ts';
import { recordedPaths } from './recorded.ts';

export interface Examination {
  readonly store: string;
  readonly config: string | undefined;
  /** The defaults, where the files cannot be read. */
  readonly bundle: Bundle;
  readonly problem: JobtrailError | undefined;
  /** Project of the pipeline; undefined: Google's APIs are not asked. */
  readonly project: string | undefined;
  /** Where sinks are looked for beside the project. */
  readonly scopes: readonly string[];
  readonly cloud: CloudApis;
  /** Undefined for the embedded store. */
  readonly schema: OpenedSchema | undefined;
  readonly open: () => Promise<Store>;
  /** This machine's clock, milliseconds. */
  readonly clock: () => number;
}

const DAY_MS = 86_400_000;

export async function examine(examination: Examination): Promise<readonly Line[]> {
  const fromStore = await ofStore(examination);
  const { bundle, config, problem, store } = examination;
  const configuration = checkConfiguration({
    path: config,
    store,
    problem,
    digest: bundle.digest,
    policies: bundle.policies,
    rules: bundle.rules.length,
    environments: Object.values(bundle.config.environments).flat().length,
    inForce: fromStore.inForce,
  });
  return [...configuration, ...fromStore.lines, ...(await ofCloud(examination))];
}

interface OfStore {
  readonly lines: readonly Line[];
  readonly inForce: string | undefined;
}

async function ofStore(examination: Examination): Promise<OfStore> {
  const { store: spec, schema, clock } = examination;
  const lines: Line[] = [];
  let now = clock();
  const facts = schema === undefined ? await embedded(examination) : await schemaFacts(schema);
  lines.push(...checkSchema(spec, facts));
  // Tables are missing: whatever is asked of them would only say so again.
  const whole =
    facts.kind === 'embedded' ||
    (facts.kind === 'planned' && facts.steps.every(({ missing }) => missing.length === 0));
  if (schema !== undefined && facts.kind === 'planned') {
    const before = clock();
    now = Date.parse(await schema.now());
    lines.push(checkClock(before, now, clock()));
  }
  if (!whole) return { lines, inForce: undefined };
  const store = await examination.open();
  try {
    const inForce = await inForceAt(store, now);
    return { lines: [...lines, ...(await ofRows(examination, store, now))], inForce };
  } catch (error) {
    if (!(error instanceof JobtrailError)) throw error;
    const refused = { why: error.message, mend: `npx jobtrail doctor --store ${shellWord(spec)}` };
    return { lines: [...lines, teller(PATHS).unasked('the store', refused)], inForce: undefined };
  } finally {
    await store.close();
  }
}

/** Opening it migrates it. */
async function embedded({ open }: Examination): Promise<SchemaFacts> {
  try {
    await (await open()).close();
    return { kind: 'embedded' };
  } catch (error) {
    if (error instanceof JobtrailError) return { kind: 'failed', error };
    throw error;
  }
}

async function schemaFacts(schema: OpenedSchema): Promise<SchemaFacts> {
  try {
    const files = migrations();
    const recorded = await schema.recorded();
    const steps = planOf(files, recorded, await schema.present({ roles: false }));
    return {
      kind: 'planned',
      version: Math.max(0, ...recorded.map(({ version }) => version)),
      newest: files.at(-1)?.version ?? 0,
      steps,
    };
  } catch (error) {
    if (error instanceof JobtrailError) return { kind: 'failed', error };
    throw error;
  }
}

async function inForceAt(store: Store, now: number): Promise<string | undefined> {
  const all = await store.bundles.inForce();
  return all.findLast(({ from }) => Date.parse(from) <= now)?.digest;
}

async function ofRows(
  { bundle, config, project }: Examination,
  store: Store,
  now: number,
): Promise<readonly Line[]> {
  const { corroboration } = bundle.config;
  const rows = await store.work.paths();
  const paths = rows.map((row) => ({
    path: String(row['Path']),
    updatedAt: String(row['UpdatedAt']),
    state: parseState(String(row['State'])),
  }));
  const run = (job: string): string =>
    `gcloud scheduler jobs run ${job} --project=${project ?? 'PROJECT'} --location=LOCATION`;
  const logs = (source: string): string =>
    `gcloud functions logs read jobtrail-${source} --gen2 --project=${project ?? 'PROJECT'} --region=REGION`;
  const question = {
    paths,
    declared: corroboration.paths,
    canarySeconds: corroboration.canarySeconds,
    now,
    run,
    logs,
  };
  const recorded = await recordedPaths(store, timestampOf(new Date(now - DAY_MS)));
  return [
    ...checkPaths(question),
    ...checkCanaries(question),
    ...checkEvidence(recorded, corroboration.evidence, shellWord(config ?? 'jobtrail.yaml')),
  ];
}
