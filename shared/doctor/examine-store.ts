/** The database of a deployment and the rows in it, through the checks. */
import { parseState, type PathState } from '../corroboration/health/state.ts';
import { JobtrailError, messageOf } from '../errors.ts';
import { statusOf } from '../store/spanner/errors.ts';
import { migrations } from '../store/spanner/migrations.ts';
import type { OpenedSchema } from '../store/spanner/migrate-database.ts';
import { planOf } from '../store/spanner/migrate-plan.ts';
import type { Store } from '../store/store.ts';
import { timestampOf } from '../store/timestamp.ts';
import { checkClock, CLOCK } from './checks/clock.ts';
import { CONFIGURATION, type InForce } from './checks/configuration.ts';
import { checkEvidence, EVIDENCE } from './checks/evidence.ts';
import { checkCanaries, checkPaths, type PathFacts, PATHS } from './checks/paths.ts';
import { checkSchema, type DatabasePlace, grantReading, type SchemaFacts } from './checks/schema.ts';
import type { Examination } from './examine.ts';
import { guarded, type Mends } from './guarded.ts';
import type { Line } from './line.ts';
import { recordedCalls, recordedPaths } from './recorded.ts';
import { command } from './shell.ts';

const DAY_MS = 86_400_000;

export interface OfStore {
  readonly lines: readonly Line[];
  readonly inForce: InForce | undefined;
}

export async function examineStore(examination: Examination): Promise<OfStore> {
  const { store: spec, schema, place, clock } = examination;
  const again = command('npx jobtrail doctor', '--store', spec);
  const mends = { again, grant: place === undefined ? again : grantReading(place) };
  const facts = schema === undefined ? await embedded(examination) : await schemaFacts(schema, place);
  const lines: Line[] = [...checkSchema(spec, facts)];
  // Tables are missing: whatever is asked of them would only say so again.
  const isWhole =
    facts.kind === 'embedded' ||
    (facts.kind === 'planned' && facts.steps.every(({ missing }) => missing.length === 0));
  let now = clock();
  if (schema !== undefined && facts.kind === 'planned') {
    lines.push(
      ...(await guarded(CLOCK, 'clock', mends, async () => {
        const before = clock();
        now = Date.parse(await schema.now());
        return [checkClock(before, now, clock())];
      })),
    );
  }
  if (!isWhole) return { lines, inForce: undefined };
  let store: Store;
  try {
    store = await examination.open();
  } catch (error) {
    return {
      lines: [...lines, ...(await guarded(PATHS, spec, mends, () => Promise.reject(error)))],
      inForce: undefined,
    };
  }
  try {
    let inForce: InForce | undefined;
    const ofBundles = await guarded(CONFIGURATION, 'bundles in force', mends, async () => {
      inForce = await inForceAt(store, examination.bundle.digest, now);
      return [];
    });
    return { lines: [...lines, ...ofBundles, ...(await ofRows(examination, store, now, mends))], inForce };
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
    return { kind: 'failed', error: unusable(error) };
  }
}

async function schemaFacts(schema: OpenedSchema, place: DatabasePlace | undefined): Promise<SchemaFacts> {
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
    const failed = unusable(error);
    return place !== undefined && statusOf(failed.cause) === PERMISSION_DENIED
      ? { kind: 'denied', place }
      : { kind: 'failed', error: failed };
  }
}

/** Of google.rpc.Code. */
const PERMISSION_DENIED = 7;

const unusable = (error: unknown): JobtrailError =>
  error instanceof JobtrailError
    ? error
    : new JobtrailError('store-unavailable', messageOf(error), 'JOBTRAIL_DEBUG=1 prints where it happened.', {
        cause: error,
      });

async function inForceAt(store: Store, own: string, now: number): Promise<InForce> {
  const all = await store.bundles.inForce();
  const digest = all.findLast(({ from }) => Date.parse(from) <= now)?.digest;
  const later = all.find((one) => one.digest === own && Date.parse(one.from) > now)?.from;
  return { digest, later, kept: (await store.bundles.texts(own)) !== undefined };
}

async function ofRows(
  { bundle, config, project = 'PROJECT' }: Examination,
  store: Store,
  now: number,
  mends: Mends,
): Promise<readonly Line[]> {
  const { corroboration } = bundle.config;
  let paths: readonly PathFacts[] = [];
  const ofPaths = await guarded(PATHS, 'paths', mends, async () => {
    paths = (await store.work.paths()).map((row) => ({
      path: String(row['Path']),
      updatedAt: String(row['UpdatedAt']),
      state: stateOf(String(row['State'])),
    }));
    const question = {
      paths,
      declared: corroboration.paths,
      canarySeconds: corroboration.canarySeconds,
      now,
      run: (job: string): string =>
        command('gcloud scheduler jobs run', job, `--project=${project}`, '--location=LOCATION'),
      logs: (name: string): string =>
        command(
          'gcloud functions logs read --gen2',
          `jobtrail-${name}`,
          `--project=${project}`,
          '--region=REGION',
        ),
    };
    return [...checkPaths(question), ...checkCanaries(question)];
  });
  const ofEvidence = await guarded(EVIDENCE, 'mesh and gateway', mends, async () => {
    const since = timestampOf(new Date(now - DAY_MS));
    const known = paths.flatMap(({ path, state }) =>
      state?.newestEvent === undefined ? [] : [{ path, newest: state.newestEvent }],
    );
    const recorded = await recordedPaths(store, known, since, timestampOf(new Date(now)));
    const calls = await recordedCalls(store, since);
    return checkEvidence(recorded, calls, corroboration.evidence, config ?? 'jobtrail.yaml');
  });
  return [...ofPaths, ...ofEvidence];
}

/** Undefined where it is none that this version wrote. */
function stateOf(json: string): PathState | undefined {
  try {
    return parseState(json);
  } catch {
    return undefined;
  }
}
