/** What is declared on the command line, held against what the store was filled by. */
import type { Bundle } from '../../shared/config/bundle.ts';
import type { Store } from '../../shared/store/store.ts';

const KEPT = 'SELECT COUNT(*) AS Kept FROM Bundles';
const SHOWN = 12;

/**
 * Entries from before the first bundle that was pushed are judged by what the command line names. Where the functions of a
 * deployment never held that, somebody forgot `--config`, or names another one than theirs.
 */
export async function warnOfUnknown(
  store: Store,
  bundle: Bundle,
  say: (text: string) => void,
): Promise<void> {
  if ((await store.bundles.texts(bundle.digest)) !== undefined) return;
  const { rows } = await store.query(KEPT, {});
  if (Number(rows[0]?.['Kept']) === 0) return;
  say(
    `the store knows other configurations and not this one (${bundle.digest.slice(0, SHOWN)}), by which entries from before ` +
      'the first push are judged. Name with --config what the functions have.',
  );
}
