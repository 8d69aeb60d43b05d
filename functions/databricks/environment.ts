/** What the Databricks function needs beside the environment of every function. */
import * as z from 'zod';
import { parseVariables } from '../runtime/variables.ts';

const BUCKET = /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/;

const Variables = z.object({
  /** Buckets that audit events are delivered or exported to, comma-separated; no other is read. */
  JOBTRAIL_DATABRICKS_BUCKETS: z
    .string({ error: 'is not set; it names the buckets of the audit log delivery' })
    .transform((text) => text.split(',').map((name) => name.trim()))
    .pipe(z.array(z.string().regex(BUCKET, 'holds what is no name of a bucket')).min(1)),
  /** URL of a server that answers as Cloud Storage does, which is asked without a token; set by emulators. */
  STORAGE_EMULATOR_HOST: z.url({ protocol: /^https?$/ }).optional(),
});

export interface DeliveryEnvironment {
  readonly buckets: ReadonlySet<string>;
  readonly emulator: string | undefined;
}

/** @throws JobtrailError `config-invalid` naming every variable that is wrong. */
export function parseDeliveryEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
): DeliveryEnvironment {
  const parsed = parseVariables(Variables, variables, 'docs/sources/databricks.md tells how');
  const { JOBTRAIL_DATABRICKS_BUCKETS: buckets, STORAGE_EMULATOR_HOST: emulator } = parsed;
  return { buckets: new Set(buckets), emulator };
}
