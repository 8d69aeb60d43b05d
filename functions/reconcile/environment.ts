/** What reconcile needs beside the environment of every function. */
import * as z from 'zod';
import { JobtrailError } from '../../shared/errors.ts';
import { createSecrets } from '../runtime/secrets.ts';
import { parseVariables } from '../runtime/variables.ts';

const place = z
  .string()
  .regex(/^(?:env:[A-Za-z_][A-Za-z0-9_]{0,127}|file:\/.{1,1000})$/, 'expected env:NAME or file:/path');

const Variables = z.object({
  /** Longest time of one round, below the request timeout of the function. */
  JOBTRAIL_RECONCILE_SECONDS: z.coerce
    .number({ error: 'expected a number' })
    .int()
    .min(5)
    .max(3000)
    .default(50),
  /** Where the key of the canaries is; the one before it while it is replaced. Absent: no canary counts. */
  JOBTRAIL_CANARY_KEY: place.optional(),
  JOBTRAIL_CANARY_KEY_BEFORE: place.optional(),
  /** `true`: a missing audit record is looked up in Cloud Logging before anybody is alerted. */
  JOBTRAIL_ASK_LOGGING: z.enum(['true', 'false']).default('false'),
  /** URL of a server that answers as Cloud Logging does, which is asked without a token; never when deployed. */
  JOBTRAIL_LOGGING_URL: z.url({ protocol: /^https?$/ }).optional(),
});

export interface ReconcileEnvironment {
  readonly seconds: number;
  readonly canaryKeys: readonly string[];
  readonly askLogging: boolean;
  readonly loggingUrl: string | undefined;
}

/** @throws JobtrailError `config-invalid` naming every variable that is wrong, or a key that is not there. */
export function parseReconcileEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
): ReconcileEnvironment {
  const v = parseVariables(Variables, variables, 'docs/reconcile.md tells how');
  const secrets = createSecrets(variables);
  const canaryKeys = [v.JOBTRAIL_CANARY_KEY, v.JOBTRAIL_CANARY_KEY_BEFORE].flatMap((where) => {
    if (where === undefined) return [];
    const key = secrets(where);
    if (key !== undefined && key !== '') return [key];
    throw new JobtrailError(
      'config-invalid',
      `${where} holds no key of canaries.`,
      'Mount the secret that the canary function signs with.',
    );
  });
  return {
    seconds: v.JOBTRAIL_RECONCILE_SECONDS,
    canaryKeys,
    askLogging: v.JOBTRAIL_ASK_LOGGING === 'true',
    loggingUrl: v.JOBTRAIL_LOGGING_URL,
  };
}
