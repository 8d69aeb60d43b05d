/**
 * Runs of a Databricks workspace: `GET /api/2.2/jobs/runs/list`, the newest first.
 * https://docs.databricks.com/api/gcp/workspace/jobs/listruns
 */
import { OBSERVED } from '../../schemas/observed.ts';
import { obj, str, type Json } from '../sources/fields.ts';
import type { Inventory, InventoryOptions } from './inventory.ts';
import { jobInventory } from './jobs.ts';
import { instantOf, present, textOf } from './values.ts';

const API = 'databricks-runs';
const PAGE_TOKEN = { parameter: 'page_token', field: 'next_page_token' };
/** The most that the API takes. */
const LIMIT = '25';
/** Runs of these types are made from no definition that anybody created. */
const WITHOUT_DEFINITION = new Set(['SUBMIT_RUN', 'WORKFLOW_RUN']);

/** @param workspace numeric id, as audit events have it */
export function databricksRuns(options: InventoryOptions, workspace: string): Inventory {
  return jobInventory(options, {
    api: API,
    scope: workspace,
    path: '/api/2.2/jobs/runs/list',
    queries: ({ since }) => [
      { limit: LIMIT, active_only: 'true' },
      { limit: LIMIT, completed_only: 'true', start_time_from: String(since.getTime()) },
    ],
    field: 'runs',
    token: PAGE_TOKEN,
    recordOf: (run) => recordOf(run, workspace),
  });
}

function recordOf(run: Json | undefined, workspace: string): Json {
  const { state, result } = stateOf(run);
  const id = textOf(run, 'run_id', 64);
  const original = textOf(run, 'original_attempt_run_id', 64);
  const runType = textOf(run, 'run_type', 64);
  const started = instantOf(run, 'start_time');
  const ended = instantOf(run, 'end_time');
  return present({
    type: OBSERVED,
    kind: 'job',
    api: API,
    workspace,
    id,
    name: textOf(run, 'run_name', 4096),
    state,
    result,
    // The API tells when a run began and ended, and not when it came into a state between.
    time: ended ?? started,
    startTime: started,
    endTime: ended,
    creator: textOf(run, 'creator_user_name'),
    runAs: runAsOf(run),
    definition: WITHOUT_DEFINITION.has(runType ?? '') ? undefined : textOf(run, 'job_id', 64),
    retries: original === id ? undefined : original,
    trigger: textOf(run, 'trigger', 64),
    runType,
  });
}

/** `status` of API 2.2, or the older `state` where that is all there is. */
function stateOf(run: Json | undefined): { state: string | undefined; result: string | undefined } {
  const status = obj(run, 'status');
  const state = textOf(status, 'state', 64);
  if (state !== undefined) {
    return { state, result: textOf(obj(status, 'termination_details'), 'code', 64) };
  }
  const older = obj(run, 'state');
  return { state: textOf(older, 'life_cycle_state', 64), result: textOf(older, 'result_state', 64) };
}

function runAsOf(run: Json | undefined): string | undefined {
  const runAs = obj(run, 'run_as');
  const name = str(runAs, 'service_principal_name') === undefined ? 'user_name' : 'service_principal_name';
  return textOf(run, 'run_as_user_name') ?? textOf(runAs, name);
}
