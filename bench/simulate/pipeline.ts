/**
 * The pipeline that is tested, driven in simulated time: deliveries in the order of their arrival are decoded, prepared and
 * committed into the embedded store, and once a simulated minute reconcile has its round.
 */
import { parseBundle, type Bundle } from '../../shared/config/bundle.ts';
import { RULES } from '../../shared/corroboration/rules/index.ts';
import { decodeEntry } from '../../shared/envelope/entry.ts';
import { ordinals } from '../../shared/envelope/event-id.ts';
import { createLogger } from '../../shared/observe/log.ts';
import { prepareAttested } from '../../shared/pipeline/attest.ts';
import { commitPrepared } from '../../shared/pipeline/commit.ts';
import { createPreparer, type Prepared } from '../../shared/pipeline/prepare.ts';
import { createMinute } from '../../shared/reconcile/minute.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import { adoptBy } from '../../shared/sources/adopt.ts';
import { openSqliteStore } from '../../shared/store/sqlite/store.ts';
import type { Store } from '../../shared/store/store.ts';
import { CANARY_KEY } from './beats.ts';
import type { Texts } from './organisation/configuration.ts';
import type { StoryId } from './book.ts';
import type { Delivery } from './transport.ts';

export interface Driven {
  readonly store: Store;
  readonly bundle: Bundle;
  /** Commits what arrived, in its order. */
  commit(deliveries: readonly Delivery[], now: number): Promise<void>;
  /** Reconcile's round of a minute. */
  tick(now: number): Promise<void>;
  /** The stories of the entries that an event came of: several where stories share an entry. */
  readonly storiesOf: (eventId: string) => readonly StoryId[];
  readonly tally: Tally;
  close(): Promise<void>;
}

export interface Tally {
  stored: number;
  duplicates: number;
  readonly quarantined: Map<string, number>;
  readonly filtered: Map<string, number>;
  readonly unknown: Map<string, number>;
  taken: number;
  verdicts: number;
  findings: number;
  resolved: number;
  /** What was logged as an error, with how often. */
  readonly errors: Map<string, number>;
}

/** RFC 3339 with nine fraction digits, as rows have it. */
export const rowTime = (ms: number): string =>
  `${new Date(Math.floor(ms)).toISOString().slice(0, -1)}000000Z`;

export const count = (map: Map<string, number>, key: string): void => {
  map.set(key, (map.get(key) ?? 0) + 1);
};

export function bundleOf({ config, policies }: Texts): Bundle {
  return parseBundle({
    config: { name: 'jobtrail.yaml', text: config },
    policies: [{ name: 'policies/organisation.cedar', text: policies }],
    rules: [],
  });
}

export function drive(texts: Texts, path = ':memory:'): Driven {
  const bundle = bundleOf(texts);
  const store = openSqliteStore(path);
  let clock = 0;
  const now = (): string => rowTime(clock);
  const tally: Tally = {
    stored: 0,
    duplicates: 0,
    quarantined: new Map(),
    filtered: new Map(),
    unknown: new Map(),
    taken: 0,
    verdicts: 0,
    findings: 0,
    resolved: 0,
    errors: new Map(),
  };
  const logger = createLogger((line) => count(tally.errors, line));
  const preparer = createPreparer({ sources: SOURCES, loaded: bundle });
  const context = { store, preparer, path: 'push', now };
  const minute = createMinute({
    store,
    rules: RULES,
    bundleAt: () => bundle,
    canaryKeys: [CANARY_KEY],
    now,
    logger,
  });
  const stories = new Map<string, StoryId[]>();
  const adopt = adoptBy(SOURCES);

  function note(prepared: Prepared, story: StoryId | undefined): void {
    if (prepared.kind !== 'rows' || story === undefined) return;
    const [{ table, row }] = prepared.entry.rows;
    if (table !== 'Events') return;
    const id = String(row['EventId']);
    const known = stories.get(id);
    if (known === undefined) stories.set(id, [story]);
    else if (!known.includes(story)) known.push(story);
  }

  return {
    store,
    bundle,
    tally,
    storiesOf: (eventId) => stories.get(eventId) ?? [],
    async commit(deliveries, at) {
      clock = at;
      const prepared: Prepared[] = [];
      for (const { text, story } of deliveries) {
        for (const decoded of decodeEntry(Buffer.from(text), { ordinalOf: ordinals(), adopt })) {
          const ready = prepareAttested(preparer, decoded, now);
          const one = ready instanceof Promise ? await ready : ready;
          note(one, story);
          prepared.push(one);
        }
      }
      const { fates } = await commitPrepared(context, prepared);
      fates.forEach((fate, i) => {
        const one = prepared[i];
        if (one === undefined) return;
        if (one.kind === 'filtered') count(tally.filtered, one.rule);
        else if (fate === 'quarantined') count(tally.quarantined, reasonOf(one));
        else if (fate === 'duplicate') tally.duplicates += 1;
        else tally.stored += 1;
        if (one.kind === 'rows' && one.unknownMethod !== undefined) count(tally.unknown, one.unknownMethod);
      });
    },
    async tick(at) {
      clock = at;
      const { taken, verdicts, findings, resolved } = await minute.run();
      tally.taken += taken;
      tally.verdicts += verdicts;
      tally.findings += findings.length;
      tally.resolved += resolved;
    },
    close: () => store.close(),
  };
}

function reasonOf({ entry }: Extract<Prepared, { kind: 'rows' }>): string {
  const { row } = entry.rows[0];
  return `${String(row['Reason'])}: ${String(row['Message'])}`;
}
