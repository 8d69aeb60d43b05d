/** The buttons of a message and what a press of one says. The action id alone names change and episode. */
import type { EpisodeRef } from '../notice.ts';

export type ButtonChange = 'acknowledge' | 'resolve';

const ACTION_ID = /^jobtrail:(acknowledge|resolve):([0-9a-f]{64}):([1-9][0-9]{0,8})$/;

/** `jobtrail:CHANGE:EPISODE:N`, under Slack's 255 characters for an action id. */
export const actionId = (change: ButtonChange, episode: EpisodeRef): string =>
  `jobtrail:${change}:${episode.id}:${episode.n}`;

/** What a `block_actions` payload's action id asks for; undefined where it is none of ours. */
export function actionOf(
  id: string,
): { readonly change: ButtonChange; readonly episode: EpisodeRef } | undefined {
  const [, change, episode, n] = ACTION_ID.exec(id) ?? [];
  if ((change !== 'acknowledge' && change !== 'resolve') || episode === undefined) return undefined;
  return { change, episode: { id: episode, n: Number(n) } };
}
