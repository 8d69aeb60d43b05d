/**
 * Reconcile over a file: every record that there will be is there, so that each source that the file has is known up to the
 * file's end. What waits for a source that it has not, or for what may come after its end, is not judged, and is told.
 */
import type { Bundle } from '../config/bundle.ts';
import type { Rule } from '../corroboration/rule.ts';
import type { WatermarkOf } from '../corroboration/verdict.ts';
import type { Logger } from '../observe/log.ts';
import type { Store } from '../store/store.ts';
import { READY } from '../store/work.ts';
import { createReconciler, type Tick } from './reconciler.ts';
import { withGrace } from './grace.ts';

export interface ToEnd {
  readonly store: Store;
  readonly rules: readonly Rule[];
  readonly bundle: Bundle;
  /** Names of sources that the file has entries of. */
  readonly sources: ReadonlySet<string>;
  /** The latest time that its records tell, RFC 3339 as in rows. */
  readonly end: string;
  readonly now: () => string;
  readonly logger: Logger;
}

export interface AtEnd extends Pick<Tick, 'verdicts' | 'findings' | 'resolved'> {
  /** Records whose verdicts wait, by what they wait for: a source that the file has not, or what may come after its end. */
  readonly open: readonly { readonly path: string; readonly absent: boolean; readonly records: number }[];
  /** Rules of which no partner is in the file at all. */
  readonly notJudged: readonly { readonly rule: string; readonly absent: readonly string[] }[];
}

/** The end of time as rows have it: open work is taken whatever the clock says, since it is the file's that counts. */
const AFTER_ALL = '9999-12-31T23:59:59.999999999Z';
/** Counted no further. */
const MOST = 1_000_000;

export async function reconcileToEnd({
  store,
  rules,
  bundle,
  sources,
  end,
  now,
  logger,
}: ToEnd): Promise<AtEnd> {
  const watermarkOf = atEnd(sources, end);
  const { tick } = createReconciler({
    store,
    rules,
    bundleAt: () => bundle,
    now,
    logger,
    dueUntil: () => AFTER_ALL,
    isSettled: true,
  });
  const { verdicts, findings, resolved } = await tick(withGrace(watermarkOf, bundle.facts));
  const queues = (await store.work.queues()).filter((queue) => queue !== READY);
  const open = await Promise.all(
    queues.map(async (path) => ({
      path,
      absent: watermarkOf(path) === undefined,
      records: await store.work.countDue(path, AFTER_ALL, MOST),
    })),
  );
  return {
    verdicts,
    findings,
    resolved,
    open,
    notJudged: rules.flatMap(({ id, partners = [] }) => {
      const absent = partners.filter((partner) => watermarkOf(partner) === undefined);
      // Of several engines or hops each has verdicts of its own.
      return absent.length === 0 || absent.length < partners.length ? [] : [{ rule: id, absent }];
    }),
  };
}

/** Up to where each source of a file is known. */
export function atEnd(sources: ReadonlySet<string>, end: string): WatermarkOf {
  return (path) => {
    const slash = path.indexOf('/');
    const source = SOURCE_OF.get(path) ?? (slash < 0 ? path : path.slice(0, slash));
    return sources.has(source) ? end : undefined;
  };
}

const SOURCE_OF: ReadonlyMap<string, string> = new Map([
  ['gateway', 'kong'],
  ['mesh', 'istio'],
]);
