/**
 * Which ids are one work. The accesses of one job are recorded under several: a Dataflow job reads and writes BigQuery by
 * jobs of BigQuery, a Dataproc job runs as a YARN application, lineage events have runs of their own, and an entry may
 * know a job without its region. Data flows through the work as a whole. A workflow, a DAG and the definition of a job
 * start works and are none: what one of their jobs reads does not flow into what another writes.
 *
 * Joins are those that entries state, declare or show by a path. A job that merely ran under the same identity is never
 * part of a work.
 */
import type { Row } from '../../schemas/tables.ts';
import { engineOf, withEachRegion, withoutRegion } from '../model/job-place.ts';
import type { Store } from '../store/store.ts';

export type Reader = Pick<Store, 'edges' | 'eventsByJob'>;

/** Engines whose jobs are parts of whatever started them. */
const PARTS: ReadonlySet<string> = new Set(['bigquery', 'yarn']);
const WHOLES: ReadonlySet<string> = new Set(['dataproc', 'dataflow', 'databricks']);
const SPAWN = ['spawn'];

export class Works {
  readonly #store: Reader;
  readonly #events = new Map<string, readonly Row[]>();
  readonly #started = new Map<string, readonly Row[]>();
  readonly #ownerOf = new Map<string, string>();
  readonly #membersOf = new Map<string, readonly string[]>();

  constructor(store: Reader) {
    this.#store = store;
  }

  /** Reads what is known of the works of these jobs: a fixed number of reads, however many jobs. */
  async read(jobs: readonly string[]): Promise<void> {
    const asked = jobs.filter((job) => !this.#ownerOf.has(job));
    await this.#readEvents(asked.flatMap((job) => [job, ...forms(job), ...withEachRegion(job)]));
    await this.#readStarted(asked.filter((job) => engineOf(job) === 'openlineage'));
    const parents = asked.flatMap((job) => this.#parentsOf(job));
    await this.#readEvents(parents.flatMap((job) => [job, ...forms(job), ...withEachRegion(job)]));
    for (const job of asked) this.#ownerOf.set(job, this.#find(job));
    await this.#readMembers([...new Set(asked.map((job) => this.ownerOf(job)))]);
  }

  /** The id that stands for the work a job belongs to; its own before it was read. */
  ownerOf(job: string): string {
    return this.#ownerOf.get(job) ?? job;
  }

  /** Events under all ids of a work that was read. */
  eventsOf(owner: string): readonly Row[] {
    return (this.#membersOf.get(owner) ?? [owner]).flatMap((member) => this.#events.get(member) ?? []);
  }

  #find(job: string): string {
    const [parent] = this.#parentsOf(job).toSorted();
    return this.#placed(parent ?? job);
  }

  /** Jobs of which this one is a part. */
  #parentsOf(job: string): readonly string[] {
    const engine = engineOf(job);
    if (engine === 'openlineage') {
      return (this.#started.get(job) ?? []).flatMap(({ JobId: id }) =>
        this.#lineageRuns(String(id)).includes(job) ? [String(id)] : [],
      );
    }
    if (!PARTS.has(engine)) return [];
    const parents = (this.#events.get(job) ?? []).map((event) => event['ParentJob']);
    return [...new Set(parents)].flatMap((parent) =>
      typeof parent === 'string' && WHOLES.has(engineOf(parent)) ? [parent] : [],
    );
  }

  /** With its region, where exactly one job has this id. */
  #placed(job: string): string {
    const [only, another] = withEachRegion(job).filter((id) => this.#isKnown(id));
    return only === undefined || another !== undefined ? job : only;
  }

  #isKnown(job: string): boolean {
    return (this.#events.get(job)?.length ?? 0) > 0;
  }

  async #readMembers(owners: readonly string[]): Promise<void> {
    const open = owners.flatMap(forms).filter((form) => this.#isKnown(form));
    await this.#readEvents(open.flatMap(withEachRegion));
    const ownIds = new Map(
      owners.map((owner) => [owner, [owner, ...forms(owner).filter((form) => this.#isOf(form, owner))]]),
    );
    await this.#readStarted([...ownIds.values()].flat());
    for (const [owner, ids] of ownIds) {
      const started = ids.flatMap((id) => this.#started.get(id) ?? []).map(({ JobId: id }) => String(id));
      const parts = WHOLES.has(engineOf(owner)) ? started.filter((id) => PARTS.has(engineOf(id))) : [];
      const runs = ids.flatMap((id) => this.#lineageRuns(id));
      this.#membersOf.set(owner, [...new Set([...ids, ...parts, ...runs])]);
    }
    await this.#readEvents([...this.#membersOf.values()].flat());
  }

  /** Whether an id without a region stands for this job and no other. Its children are looked for even where it has no events. */
  #isOf(form: string, owner: string): boolean {
    return !this.#isKnown(form) || this.#placed(form) === owner;
  }

  /** OpenLineage runs that say in some of their events that they are this job. */
  #lineageRuns(job: string): readonly string[] {
    return (this.#events.get(job) ?? []).flatMap(lineageRunOf);
  }

  async #readEvents(jobs: readonly string[]): Promise<void> {
    const missing = [...new Set(jobs)].filter((job) => !this.#events.has(job));
    if (missing.length === 0) return;
    const found = Map.groupBy(await this.#store.eventsByJob(missing), (event) => String(event['JobId']));
    for (const job of missing) this.#events.set(job, found.get(job) ?? []);
  }

  /** Jobs that these started, but those of which it is only inferred; and their events. */
  async #readStarted(jobs: readonly string[]): Promise<void> {
    const missing = [...new Set(jobs)].filter((job) => !this.#started.has(job));
    if (missing.length === 0) return;
    const edges = await this.#store.edges(missing.map((node) => ({ node, ops: SPAWN })));
    const sure = edges.filter((edge) => edge['Strength'] !== 'inferred');
    const found = Map.groupBy(sure, (edge) => String(edge['Node']));
    for (const job of missing) this.#started.set(job, found.get(job) ?? []);
    const runs = missing.filter((job) => engineOf(job) === 'openlineage');
    await this.#readEvents(runs.flatMap((run) => (found.get(run) ?? []).map(({ JobId: id }) => String(id))));
  }
}

const forms = (job: string): readonly string[] => {
  const form = withoutRegion(job);
  return form === undefined ? [] : [form];
};

function lineageRunOf(event: Row): readonly string[] {
  const { Source: source, Claims: claims } = event;
  if (source !== 'openlineage' || typeof claims !== 'string') return [];
  const parsed: unknown = JSON.parse(claims);
  if (typeof parsed !== 'object' || parsed === null || !('lineageRun' in parsed)) return [];
  return typeof parsed.lineageRun === 'string' ? [parsed.lineageRun] : [];
}
