/** A notice as messages of an incoming webhook, which can neither be updated nor answered: the whole when it opens, then lines. */
import type { Notice } from '../notice.ts';
import { context, renderLine, renderMessage, type SlackMessage } from '../slack/message.ts';

/** @param resent an earlier sending may have arrived */
export function render(notice: Notice, resent: boolean): SlackMessage {
  const { text, blocks } = notice.change === 'open' ? renderMessage(notice) : renderLine(notice);
  if (!resent) return { text, blocks };
  return {
    text,
    blocks: [...blocks, context('Sent again: the first sending was cut off and may have arrived.')],
  };
}
