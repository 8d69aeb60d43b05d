/**
 * Dead letters: pulled, through the same pipeline, committed, and only then acknowledged. Killed anywhere, what was not
 * acknowledged is pulled again, and what was stored of it is a duplicate.
 */
import { patiently } from '../backfill/patience.ts';
import { decodePulled } from '../envelope/message.ts';
import type { Decoded } from '../envelope/envelope.ts';
import type { Prepared } from '../pipeline/prepare.ts';
import { storedTimestamp } from '../store/timestamp.ts';
import { reasonOf, type Fates } from '../pipeline/foresee.ts';
import { createEnding, prepareAll, type EndEntries } from './fates.ts';
import { letterSource, UNKNOWN_SOURCE } from './letter-source.ts';
import { openLetters, type Letter, type SubscriptionOptions } from './letters.ts';
import type { RedriveOptions } from './options.ts';
import { adoptFor, entriesOf } from './reread.ts';
import { NO_TALLY, tallied, type Tally } from './tally.ts';

export interface DeadLetterOptions extends RedriveOptions, SubscriptionOptions {
  /** Whose messages they are, whatever names say: a source, or ANY_SOURCE. */
  readonly as?: string | undefined;
}

export interface DeadLetterFilter {
  readonly sources?: readonly string[] | undefined;
  /** Published then or later; RFC 3339 as in rows. */
  readonly since?: string | undefined;
  /** Messages at most. */
  readonly limit?: number | undefined;
}

export async function redriveDeadLetters(
  options: DeadLetterOptions,
  filter: DeadLetterFilter,
): Promise<Tally> {
  const { clock, dryRun, onWait, stopped } = options;
  const end = createEnding(options);
  const letters = openLetters(options);
  let tally = NO_TALLY;
  try {
    for (;;) {
      const left = (filter.limit ?? Number.POSITIVE_INFINITY) - tally.rows;
      if (left <= 0 || stopped?.() === true) break;
      const pulled = await letters.pull(left);
      if (pulled.length === 0) break;
      const wanted = pulled.filter((letter) => matches(options, letter, filter));
      const became = await patiently(clock, () => redriveLetters(options, end, wanted), onWait);
      for (const [letter, what] of became) tally = tallied(tally, sourceOf(options, letter), what);
      if (!dryRun)
        await letters.acknowledge(became.flatMap(([letter, { handled }]) => (handled ? [letter] : [])));
      options.onBatch?.(tally, undefined);
    }
  } finally {
    await letters.close();
  }
  return tally;
}

const sourceOf = ({ as, subscription }: DeadLetterOptions, letter: Letter): string =>
  as ?? letterSource(letter, subscription);

function matches(options: DeadLetterOptions, letter: Letter, { sources, since }: DeadLetterFilter): boolean {
  const published = storedTimestamp(letter.message.publishTime) ?? '';
  return (
    (sources === undefined || sources.includes(sourceOf(options, letter))) &&
    (since === undefined || published >= since)
  );
}

interface Became {
  readonly outcome: 'stored' | 'duplicate' | 'filtered' | 'stays';
  readonly why?: string;
  /** It is no dead letter any more. */
  readonly handled: boolean;
}

async function redriveLetters(
  options: DeadLetterOptions,
  end: EndEntries,
  letters: readonly Letter[],
): Promise<readonly (readonly [Letter, Became])[]> {
  const became = new Map<Letter, Became>();
  const all: { readonly letter: Letter; readonly prepared: readonly Prepared[] }[] = [];
  for (const letter of letters) {
    const prepared = await prepareLetter(options, letter);
    if ('outcome' in prepared) became.set(letter, prepared);
    else all.push({ letter, prepared });
  }
  const fates = await end(all.flatMap(({ prepared }) => prepared));
  for (const { letter, prepared } of all) became.set(letter, becameOf(prepared, fates));
  return [...became];
}

const leave = (why: string): Became => ({ outcome: 'stays', why, handled: false });

/** All of its entries, or why it is left where it is. */
async function prepareLetter(
  options: DeadLetterOptions,
  letter: Letter,
): Promise<readonly Prepared[] | Became> {
  const source = sourceOf(options, letter);
  if (source === UNKNOWN_SOURCE) return leave(isFindings(letter) ? 'findings' : 'unknown-source');
  if (source !== 'storage' && isNotification(letter)) return leave('file-notification');
  const prepared = await prepareAll(options, options.preparerFor(source), decode(options, letter, source));
  return 'waits' in prepared ? leave(prepared.waits) : prepared;
}

/** As the pull worker decodes it. */
function decode(
  { subscription }: DeadLetterOptions,
  { message }: Letter,
  source: string,
): readonly Decoded[] {
  const decoded = decodePulled({
    id: message.messageId,
    data: Buffer.from(message.data, 'base64'),
    attributes: message.attributes,
    publishTime: message.publishTime,
    subscription,
  });
  return 'kind' in decoded ? [decoded] : entriesOf(decoded.data, adoptFor(source));
}

/** What names a delivered file is no entry: its function has to read the file. To the source storage it is a record of its own. */
const isNotification = ({ message: { attributes } }: Letter): boolean =>
  attributes['bucketId'] !== undefined && attributes['objectId'] !== undefined;

/** Of the topic that pushes to `deliver`: ids of findings, which the sweep has told long ago. */
const isFindings = ({ message: { data } }: Letter): boolean =>
  FINDINGS.test(Buffer.from(data.slice(0, HEAD), 'base64').toString('latin1'));
const FINDINGS = /^\{"findings":\[(?:"[0-9a-f]{64}"|\])/;
/** Base64 of more than the first id. */
const HEAD = 128;

/** What is quarantined now is kept there with its reason: it stays bad, and is no dead letter any more. */
function becameOf(prepared: readonly Prepared[], fates: Fates): Became {
  const all = prepared.map((item) => fates.get(item) ?? 'filtered');
  const bad = prepared.map(reasonOf).find((reason) => reason !== undefined);
  if (bad !== undefined) return { outcome: 'stays', why: `quarantine:${bad}`, handled: true };
  if (all.includes('quarantined')) return { outcome: 'stays', why: 'quarantine:row-refused', handled: true };
  if (all.some((fate) => fate === 'stored' || fate === 'conflicting'))
    return { outcome: 'stored', handled: true };
  return { outcome: all.includes('duplicate') ? 'duplicate' : 'filtered', handled: true };
}
