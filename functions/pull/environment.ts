/** The environment of a pull worker, parsed once and handed on as a value. */
import * as z from 'zod';
import { SOURCES } from '../../shared/sources/index.ts';
import type { Source } from '../../shared/sources/source.ts';
import { parseStoreSpec } from '../../shared/store/open.ts';
import { positive, topicName } from '../runtime/environment.ts';
import { parseVariables } from '../runtime/variables.ts';

/** A scheduler calls these, or their messages only name what is to be read: neither comes at a rate. */
const PUSHED_ONLY = new Set(['observed', 'canary', 'databricks']);
const PULLED: ReadonlyMap<string, Source> = new Map(
  SOURCES.filter(({ name }) => !PUSHED_ONLY.has(name)).map((source) => [source.name, source]),
);

const Variables = z.object({
  /** Whose entries the subscription has. */
  JOBTRAIL_SOURCE: z.string({ error: 'is not set; e.g. storage' }).refine((name) => PULLED.has(name), {
    error: `expected one of ${[...PULLED.keys()].join(', ')}`,
  }),
  JOBTRAIL_SUBSCRIPTION: z
    .string({ error: 'is not set; expected projects/P/subscriptions/S' })
    .regex(/^projects\/[^/]{1,100}\/subscriptions\/[^/]{3,255}$/, 'expected projects/P/subscriptions/S'),
  JOBTRAIL_STORE: z.string({ error: 'is not set; e.g. spanner:projects/P/instances/I/databases/D' }).min(1),
  JOBTRAIL_CONFIG: z.string().min(1).optional(),
  JOBTRAIL_STORE_MS: positive(20_000),
  JOBTRAIL_COMMIT_ROWS: positive(500),
  JOBTRAIL_COMMIT_BYTES: positive(1_000_000),
  JOBTRAIL_COMMIT_MS: positive(50),
  /** Commits under way at once. */
  JOBTRAIL_PULL_COMMITS: positive(4),
  /** Messages, and bytes of them, that are here and not acknowledged. */
  JOBTRAIL_PULL_MESSAGES: positive(2_000),
  JOBTRAIL_PULL_BYTES: positive(64_000_000),
  /** How long a message is held while the store is away, before Pub/Sub is to deliver it again. */
  JOBTRAIL_PULL_HOLD_MS: positive(300_000),
  JOBTRAIL_FINDINGS_TOPIC: topicName.optional(),
  /** HOST:PORT; set by the emulator's own tools. */
  SPANNER_EMULATOR_HOST: z.string().min(1).optional(),
});

export interface PullEnvironment {
  readonly source: Source;
  /** projects/P/subscriptions/S */
  readonly subscription: string;
  readonly store: string;
  readonly storeMs: number;
  readonly configFile: string | undefined;
  readonly commit: {
    readonly maxRows: number;
    readonly maxBytes: number;
    readonly maxWaitMs: number;
    readonly maxConcurrent: number;
  };
  readonly flow: { readonly maxMessages: number; readonly maxBytes: number };
  readonly holdMs: number;
  readonly findingsTopic: string | undefined;
  readonly emulatorHost: string | undefined;
}

/** @throws JobtrailError `config-invalid` naming every variable that is wrong, `usage` for a store that is none. */
export function parsePullEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
): PullEnvironment {
  const v = parseVariables(Variables, variables, 'docs/pull-worker.md lists them all');
  parseStoreSpec(v.JOBTRAIL_STORE);
  const source = PULLED.get(v.JOBTRAIL_SOURCE);
  if (source === undefined) throw new Error('the schema takes no other source');
  return {
    source,
    subscription: v.JOBTRAIL_SUBSCRIPTION,
    store: v.JOBTRAIL_STORE,
    storeMs: v.JOBTRAIL_STORE_MS,
    configFile: v.JOBTRAIL_CONFIG,
    commit: {
      maxRows: v.JOBTRAIL_COMMIT_ROWS,
      maxBytes: v.JOBTRAIL_COMMIT_BYTES,
      maxWaitMs: v.JOBTRAIL_COMMIT_MS,
      maxConcurrent: v.JOBTRAIL_PULL_COMMITS,
    },
    flow: { maxMessages: v.JOBTRAIL_PULL_MESSAGES, maxBytes: v.JOBTRAIL_PULL_BYTES },
    holdMs: v.JOBTRAIL_PULL_HOLD_MS,
    findingsTopic: v.JOBTRAIL_FINDINGS_TOPIC,
    emulatorHost: v.SPANNER_EMULATOR_HOST,
  };
}
