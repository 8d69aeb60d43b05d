/**
 * The environment of a function, parsed once and handed on as a value. Nothing behind this file reads process.env.
 */
import * as z from 'zod';
import { parseStoreSpec } from '../../shared/store/open.ts';
import { parseVariables, wrongEnvironment } from './variables.ts';

const PAGE = 'docs/functions.md lists them all';

export const positive = (byDefault: number) =>
  z.coerce.number({ error: 'expected a number' }).int().positive().default(byDefault);

export const topicName = z
  .string()
  .regex(/^projects\/[^/]{1,100}\/topics\/[^/]{3,255}$/, 'expected projects/P/topics/T');

const Variables = z.object({
  /** sqlite:PATH or spanner:projects/P/instances/I/databases/D */
  JOBTRAIL_STORE: z.string({ error: 'is not set; e.g. spanner:projects/P/instances/I/databases/D' }).min(1),
  /** jobtrail.yaml, or its folder; policies/ and rules/ are read beside it. Absent: the defaults. */
  JOBTRAIL_CONFIG: z.string().min(1).optional(),
  /** Set by a zip itself: digest of the configuration in it, which the build has checked. Another one is checked at the start. */
  JOBTRAIL_CHECKED_BUNDLE: z.string().min(1).optional(),
  /** `platform`: Cloud Run checks the push token before us. `self`: the function is public and checks it. */
  JOBTRAIL_PUSH_AUTH: z.enum(['platform', 'self']).default('platform'),
  /** Audience the push subscription asks its token for. Required with `self`. */
  JOBTRAIL_PUSH_AUDIENCE: z.string().min(1).optional(),
  /** Service account the push subscription signs as. Required with `self`. */
  JOBTRAIL_PUSH_SERVICE_ACCOUNT: z.email().optional(),
  JOBTRAIL_COMMIT_ROWS: positive(500),
  JOBTRAIL_COMMIT_BYTES: positive(1_000_000),
  JOBTRAIL_COMMIT_MS: positive(5),
  JOBTRAIL_STORE_MS: positive(20_000),
  /** `projects/P/topics/T`, which pushes to `deliver`; absent: its sweep finds what was found. */
  JOBTRAIL_FINDINGS_TOPIC: topicName.optional(),
  GOOGLE_CLOUD_PROJECT: z.string().min(1).optional(),
  /** HOST:PORT; set by the emulator's own tools. */
  SPANNER_EMULATOR_HOST: z.string().min(1).optional(),
});

export interface FunctionEnvironment {
  readonly store: string;
  readonly configFile: string | undefined;
  readonly checkedBundle: string | undefined;
  readonly pushAuth:
    | { readonly kind: 'platform' }
    | { readonly kind: 'self'; readonly audience: string; readonly serviceAccount: string };
  /** After which a commit is given up. */
  readonly storeMs: number;
  readonly commit: { readonly maxRows: number; readonly maxBytes: number; readonly maxWaitMs: number };
  readonly findingsTopic: string | undefined;
  readonly project: string | undefined;
  readonly emulatorHost: string | undefined;
}

/** @throws JobtrailError `config-invalid` naming every variable that is wrong, `usage` for a store that is none. */
export function parseEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
): FunctionEnvironment {
  const v = parseVariables(Variables, variables, PAGE);
  parseStoreSpec(v.JOBTRAIL_STORE);
  return {
    store: v.JOBTRAIL_STORE,
    configFile: v.JOBTRAIL_CONFIG,
    checkedBundle: v.JOBTRAIL_CHECKED_BUNDLE,
    pushAuth: pushAuthOf(v),
    storeMs: v.JOBTRAIL_STORE_MS,
    commit: {
      maxRows: v.JOBTRAIL_COMMIT_ROWS,
      maxBytes: v.JOBTRAIL_COMMIT_BYTES,
      maxWaitMs: v.JOBTRAIL_COMMIT_MS,
    },
    findingsTopic: v.JOBTRAIL_FINDINGS_TOPIC,
    project: v.GOOGLE_CLOUD_PROJECT,
    emulatorHost: v.SPANNER_EMULATOR_HOST,
  };
}

/** @throws JobtrailError `config-invalid` where `self` lacks whom it is to expect. */
export function pushAuthOf(v: {
  readonly JOBTRAIL_PUSH_AUTH: 'platform' | 'self';
  readonly JOBTRAIL_PUSH_AUDIENCE?: string | undefined;
  readonly JOBTRAIL_PUSH_SERVICE_ACCOUNT?: string | undefined;
}): FunctionEnvironment['pushAuth'] {
  if (v.JOBTRAIL_PUSH_AUTH === 'platform') return { kind: 'platform' };
  const audience = v.JOBTRAIL_PUSH_AUDIENCE;
  const serviceAccount = v.JOBTRAIL_PUSH_SERVICE_ACCOUNT;
  if (audience === undefined || serviceAccount === undefined) {
    throw wrongEnvironment(
      ['JOBTRAIL_PUSH_AUTH=self needs JOBTRAIL_PUSH_AUDIENCE and JOBTRAIL_PUSH_SERVICE_ACCOUNT'],
      PAGE,
    );
  }
  return { kind: 'self', audience, serviceAccount };
}
