/**
 * The engines' part where there are no engines: a server on loopback that lists the day's jobs as the APIs of Dataproc,
 * Dataflow and Databricks do, and the function that asks them.
 */
import * as z from 'zod';
import { PROJECTS, REGION, WORKSPACES } from '../day/company.ts';
import type { EngineLists } from '../day/engines/inventory.ts';
import { JobtrailError, messageOf } from '../../shared/errors.ts';
import { serveOnLoopback, type LoopbackServer } from './loopback.ts';

export function serveEngines(lists: EngineLists): Promise<LoopbackServer> {
  return serveOnLoopback((request, response) => {
    const path = decodeURIComponent((request.url ?? '').split('?')[0] ?? '');
    const found = lists.get(path);
    if (found === undefined) response.writeHead(404).end('{"error":{"code":404,"message":"Not found"}}');
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(found));
  });
}

const TOKEN = 'DAY_DATABRICKS_TOKEN';

/** What the function that polls is told: where the APIs are. No token of Google's is sent there. */
export const engineEnvironment = ({ url }: LoopbackServer): Readonly<Record<string, string>> => ({
  JOBTRAIL_DATAPROC_URL: url,
  JOBTRAIL_DATAFLOW_URL: url,
  [TOKEN]: 'of-the-day',
});

/** `observe` of the configuration, for the day's server. */
export function observeConfig({ url }: LoopbackServer): Readonly<Record<string, unknown>> {
  const projects = Object.values(PROJECTS).map(({ id }) => id);
  return {
    dataproc: projects.map((project) => ({ project, regions: [REGION] })),
    dataflow: projects.map((project) => ({ project })),
    databricks: Object.values(WORKSPACES)
      .filter((workspace) => workspace !== WORKSPACES.account)
      .map((workspace) => ({ workspace, url: `${url}/${workspace}`, tokenFrom: `env:${TOKEN}` })),
    metrics: [],
  };
}

const Summary = z.object({
  complete: z.boolean(),
  lists: z.array(z.looseObject({ listed: z.number(), failed: z.string().optional() })),
});

/**
 * One poll, as the scheduler asks for it, as of the end of the day.
 * @returns records listed
 * @throws JobtrailError `api-unavailable` when a list could not be read.
 */
export async function pollEngines(url: string, until: string): Promise<number> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ until, lookbackHours: 24 }),
    });
    const summary = Summary.parse(await response.json());
    const failed = summary.lists.flatMap((list) => list.failed ?? []);
    if (failed.length > 0) throw new Error(failed.join('; '));
    return summary.lists.reduce((sum, { listed }) => sum + listed, 0);
  } catch (error) {
    throw new JobtrailError(
      'api-unavailable',
      `The jobs of the day could not be listed: ${messageOf(error)}`,
      'The function’s log lines say why; start again.',
      { cause: error },
    );
  }
}
