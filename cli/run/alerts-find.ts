/** Which alert is meant, and who is asking. */
import { userInfo } from 'node:os';
import type { AlertStore, Episode } from '../../shared/alerts/store.ts';
import { JobtrailError } from '../../shared/errors.ts';

/** As much of an id as lists show. */
export const SHORT_ID = 12;

const ID = /^([0-9a-f]{8,64})(?:\/([1-9][0-9]{0,8}))?$/;
/** Episodes that are looked at for one beginning of an id. */
const MOST = 1000;

/**
 * The episode that an id, its beginning (8 hex digits or more), or either with `/N` names; without a number the latest.
 * @throws JobtrailError `usage` for what is no id or means several, `not-found`
 */
export async function findEpisode(store: AlertStore, text: string): Promise<Episode> {
  const [, prefix, number] = ID.exec(text.toLowerCase()) ?? [];
  if (prefix === undefined) {
    throw new JobtrailError(
      'usage',
      'An alert is named by its id, or by 8 or more of its first hex digits.',
      '`npx jobtrail alerts` lists them; add /N for an earlier time around.',
    );
  }
  const episodes = await store.episodes({ idPrefix: prefix, limit: MOST });
  const ids = [...new Set(episodes.map(({ id }) => id))];
  if (ids.length > 1) {
    throw new JobtrailError(
      'usage',
      `${ids.length} alerts begin with ${prefix}.`,
      `Give more of the id: ${ids
        .slice(0, 3)
        .map((id) => id.slice(0, prefix.length + 8))
        .join(', ')} ….`,
    );
  }
  const found =
    number === undefined
      ? episodes.toSorted((a, b) => b.n - a.n)[0]
      : episodes.find(({ n }) => n === Number(number));
  if (found !== undefined) return found;
  throw new JobtrailError(
    'not-found',
    `There is no alert ${text.slice(0, 80)}.`,
    '`npx jobtrail alerts` lists them.',
  );
}

/** Who runs the command, by the account of the operating system: a name on this machine, proven by nothing else. */
export function personAtKeyboard(): string {
  try {
    return `user:named/cli:${userInfo().username}`;
  } catch {
    // An account without a name, as in a container.
    return `user:named/cli:uid-${process.getuid?.() ?? 'unknown'}`;
  }
}
