/** What is declared on the command line, held against what the store was filled by. */
import type { Bundle } from '../../shared/config/bundle.ts';
import type { Store } from '../../shared/store/store.ts';

/** What functions and commands held that nobody pushed. */
const OTHERS = `SELECT COUNT(*) AS Others FROM Bundles AS b
WHERE b.Digest <> @own AND NOT EXISTS (SELECT 1 FROM BundlesInForce AS f WHERE f.Digest = b.Digest)`;
const SHOWN = 12;

/**
 * Entries from before the first bundle that was pushed are judged by what the command line names. Where the functions of a
 * deployment hold another one, somebody forgot `--config`, or names another file than theirs.
 * @param named there is a `--config`
 */
export async function warnOfUnknown(
  store: Store,
  { digest }: Bundle,
  named: boolean,
  say: (text: string) => void,
): Promise<void> {
  const known = (await store.bundles.texts(digest)) !== undefined;
  // Held once by mistake it is known as well: without the option it is told again.
  if (known && named) return;
  const { rows } = await store.query(OTHERS, { own: { type: 'string', value: digest } });
  if (Number(rows[0]?.['Others']) === 0) return;
  const what = named ? `not this one (${digest.slice(0, SHOWN)})` : 'no --config is given';
  say(
    `the store knows other configurations, and ${what}: entries from before the first push are judged by it. ` +
      'Name with --config what the functions have.',
  );
}
