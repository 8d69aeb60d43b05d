/** The environment of the canary function. It has no store: what it sends comes back by the paths themselves. */
import * as z from 'zod';
import { JobtrailError } from '../../shared/errors.ts';
import { pushAuthOf, type FunctionEnvironment } from '../runtime/environment.ts';
import { createSecrets } from '../runtime/secrets.ts';
import { parseVariables } from '../runtime/variables.ts';

const Variables = z.object({
  /** jobtrail.yaml, or its folder. */
  JOBTRAIL_CONFIG: z.string({ error: 'is not set; canaries are declared there' }).min(1),
  /** Where the key is: `env:NAME` or `file:/path`. */
  JOBTRAIL_CANARY_KEY: z
    .string({ error: 'is not set; e.g. file:/secrets/canary-key' })
    .regex(/^(?:env:[A-Za-z_][A-Za-z0-9_]{0,127}|file:\/.{1,1000})$/, 'expected env:NAME or file:/path'),
  /** Longest time of one request of a probe, and of one write to Cloud Logging. */
  JOBTRAIL_CANARY_SECONDS: z.coerce.number({ error: 'expected a number' }).int().min(1).max(60).default(10),
  JOBTRAIL_PUSH_AUTH: z.enum(['platform', 'self']).default('platform'),
  JOBTRAIL_PUSH_AUDIENCE: z.string().min(1).optional(),
  JOBTRAIL_PUSH_SERVICE_ACCOUNT: z.email().optional(),
  /** Project whose logs canaries are written to where the configuration names no other. */
  GOOGLE_CLOUD_PROJECT: z.string().min(1).optional(),
  /** URL of a server that answers as Cloud Logging does, asked without a token; never when deployed. */
  JOBTRAIL_LOGGING_URL: z.url({ protocol: /^http$/ }).optional(),
});

export interface CanaryEnvironment {
  readonly configFile: string;
  readonly key: string;
  readonly timeoutMs: number;
  readonly pushAuth: FunctionEnvironment['pushAuth'];
  readonly project: string | undefined;
  readonly loggingUrl: string | undefined;
}

/** Shorter ones can be tried out, since every canary shows what one of them signs. */
const MIN_KEY = 32;

/** @throws JobtrailError `config-invalid` naming every variable that is wrong, or for a key that is none. */
export function parseCanaryEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
): CanaryEnvironment {
  const v = parseVariables(Variables, variables, 'docs/sources/canary.md tells how');
  const key = createSecrets(variables)(v.JOBTRAIL_CANARY_KEY);
  if (key === undefined || key.length < MIN_KEY) {
    throw new JobtrailError(
      'config-invalid',
      `${v.JOBTRAIL_CANARY_KEY} holds no key of at least ${MIN_KEY} characters.`,
      'Put one there, e.g. from `openssl rand -base64 32`; reconcile needs the same.',
    );
  }
  return {
    configFile: v.JOBTRAIL_CONFIG,
    key,
    timeoutMs: v.JOBTRAIL_CANARY_SECONDS * 1000,
    pushAuth: pushAuthOf(v),
    project: v.GOOGLE_CLOUD_PROJECT,
    loggingUrl: v.JOBTRAIL_LOGGING_URL,
  };
}
