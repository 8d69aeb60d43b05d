/** What the observed function needs beside the environment of every function. */
import * as z from 'zod';
import { parseVariables } from '../runtime/variables.ts';

const url = z.url({ protocol: /^https?$/ }).optional();

const Variables = z.object({
  /** Longest time of one poll, below the request timeout of the function. */
  JOBTRAIL_OBSERVE_SECONDS: z.coerce
    .number({ error: 'expected a number' })
    .int()
    .min(5)
    .max(3000)
    .default(240),
  /** Pages read of one list. */
  JOBTRAIL_OBSERVE_PAGES: z.coerce.number({ error: 'expected a number' }).int().positive().default(400),
  /** URLs of servers that answer as the APIs do, which are asked without a token; never when deployed. */
  JOBTRAIL_DATAPROC_URL: url,
  JOBTRAIL_DATAFLOW_URL: url,
  JOBTRAIL_MONITORING_URL: url,
});

export interface ObserveEnvironment {
  readonly seconds: number;
  readonly maxPages: number;
  readonly urls: {
    readonly dataproc: string | undefined;
    readonly dataflow: string | undefined;
    readonly monitoring: string | undefined;
  };
}

/** @throws JobtrailError `config-invalid` naming every variable that is wrong. */
export function parseObserveEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
): ObserveEnvironment {
  const data = parseVariables(Variables, variables, 'docs/sources/observed.md tells how');
  return {
    seconds: data.JOBTRAIL_OBSERVE_SECONDS,
    maxPages: data.JOBTRAIL_OBSERVE_PAGES,
    urls: {
      dataproc: data.JOBTRAIL_DATAPROC_URL,
      dataflow: data.JOBTRAIL_DATAFLOW_URL,
      monitoring: data.JOBTRAIL_MONITORING_URL,
    },
  };
}
