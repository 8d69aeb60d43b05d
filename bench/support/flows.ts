/**
 * Spark SQL jobs whose datasets form pipelines of known depth, as the audit entries of their submissions. In a pipeline
 * the dataset (level, place) is made by one job from (level - 1, place) and (level - 1, place + 1), up to one dataset
 * at the top, so that each hop meets one dataset more.
 */
import type { Caller } from '../../cli/day/callers.ts';
import { PROJECTS } from '../../cli/day/company.ts';
import { submitJob } from '../../cli/day/dataproc/jobs.ts';
import { entryJson, nanoTime, type Draft } from '../../cli/day/entry.ts';
import { sparkSql } from '../../cli/day/jobs/plan.ts';
import { Random } from '../../cli/day/random.ts';
import { population } from '../mix/population.ts';

export const LEVELS = 6;
const START = Date.UTC(2026, 10, 19);

export interface Flows {
  readonly pipelines: number;
  /** The first so many pipelines have readers of each dataset, which lead nowhere upstream. */
  readonly read: { readonly pipelines: number; readonly readers: number };
}

const dataset = (pipeline: number, level: number, place: number): string =>
  `gs://acme-lake/p${pipeline}/l${level}-${place}`;

/** The dataset that everything in the pipeline flows into. */
export const topOf = (pipeline: number): string => dataset(pipeline, LEVELS, 0);

/** Entries, JSON, in order of time; a function of its argument. */
export function* flowEntries(flows: Flows): Generator<string, void, undefined> {
  const random = new Random(7);
  const people = population(random.fork('population'));
  let count = 0;
  const submit = (inputs: readonly string[], output: string): string => {
    const at = START + count;
    count += 1;
    const requestTime = nanoTime(at, random);
    const caller: Caller = random.pick(people.callers);
    const [first] = submitJob(
      { at, requestTime, caller, project: PROJECTS.prod },
      {
        id: `job-${count}`,
        uuid: random.uuid(),
        cluster: random.pick(people.clusters),
        work: workOf(inputs, output),
      },
      { operationId: random.uuid(), afterMs: 0, requestTime, namesCaller: false },
    );
    return textOf(first, at, count, random);
  };
  for (let pipeline = 0; pipeline < flows.pipelines; pipeline += 1) {
    for (let level = 1; level <= LEVELS; level += 1) {
      for (let place = 0; place <= LEVELS - level; place += 1) {
        const inputs = [dataset(pipeline, level - 1, place), dataset(pipeline, level - 1, place + 1)];
        yield submit(inputs, dataset(pipeline, level, place));
      }
    }
  }
  for (let pipeline = 0; pipeline < flows.read.pipelines; pipeline += 1) {
    for (let level = 0; level <= LEVELS; level += 1) {
      for (let place = 0; place <= LEVELS - level; place += 1) {
        for (let reader = 0; reader < flows.read.readers; reader += 1) {
          yield submit([dataset(pipeline, level, place)], `gs://acme-reports/${count}`);
        }
      }
    }
  }
}

function workOf(inputs: readonly string[], output: string): ReturnType<typeof sparkSql> {
  const sources = inputs.map((input, i) => `parquet.\`${input}\` AS t${i}`).join(' CROSS JOIN ');
  return sparkSql(`INSERT OVERWRITE DIRECTORY '${output}' USING parquet SELECT * FROM ${sources}`);
}

function textOf(draft: Draft | undefined, at: number, count: number, random: Random): string {
  if (draft === undefined) throw new Error('a submission has an entry');
  const timestamp = nanoTime(at, random);
  return entryJson(draft, {
    insertId: `flow${count}`,
    timestamp,
    receiveTimestamp: nanoTime(at + 900, random),
  });
}
