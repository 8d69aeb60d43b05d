/**
 * Presses of a message's buttons, as Slack posts them: form-encoded, JSON in `payload`.
 * https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
 */
import * as z from 'zod';
import { actionOf } from '../../shared/alerts/slack/actions.ts';
import { timestampOf } from '../../shared/store/timestamp.ts';
import { type Callback, ignored, personOf, type Read } from './callback.ts';

const id = z.string().regex(/^[A-Z0-9]{1,32}$/);

const BlockActions = z.object({
  type: z.literal('block_actions'),
  user: z.object({
    id,
    name: z.string().optional(),
    username: z.string().optional(),
    team_id: id.optional(),
  }),
  /** Null where the app is installed for a whole organisation. */
  team: z.object({ id }).nullish(),
  actions: z
    .array(
      z.object({
        action_id: z.string(),
        /** Seconds since 1970; of each press another. */
        action_ts: z.string().regex(/^[0-9]{1,11}\.[0-9]{1,9}$/),
      }),
    )
    .max(100),
});

export function readSlack(body: Uint8Array): Read {
  const payload = new URLSearchParams(Buffer.from(body).toString('utf8')).getAll('payload');
  if (payload.length !== 1) return ignored('it has no payload');
  let json: unknown;
  try {
    json = JSON.parse(payload[0] ?? '');
  } catch {
    return ignored('its payload is no JSON');
  }
  const parsed = BlockActions.safeParse(json);
  if (!parsed.success) return ignored('it is no press of a button');
  const { user, team, actions } = parsed.data;
  const workspace = team?.id ?? user.team_id ?? '-';
  const callbacks = actions.flatMap(({ action_id, action_ts }): Callback[] => {
    const asked = actionOf(action_id);
    if (asked === undefined) return [];
    return [
      {
        ...asked,
        by: personOf(`user:slack/${workspace}:${user.id}`, user.username ?? user.name),
        at: timestampOf(new Date(Number(action_ts) * 1000)),
        event: `slack:${workspace}:${user.id}:${action_ts}`,
      },
    ];
  });
  return callbacks.length === 0 ? ignored('none of its buttons is ours') : { kind: 'callbacks', callbacks };
}
