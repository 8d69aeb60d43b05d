/**
 * Slack by its Web API. One message for an episode: posted once, then updated in place; later occurrences are told in
 * its thread. A change is one or two calls. Updates are idempotent; a post or reply that may have arrived is looked up
 * by the metadata of the app's own messages before it is made again.
 */
import { type Logger, LogLevel, type MessageMetadata, WebClient } from '@slack/web-api';
import { createFetch, type HttpOptions } from '../http.ts';
import type { Channel, Notice, Sent, SendResult } from '../notice.ts';
import { codeIn, codeOf, failureOfCall, isGone } from './errors.ts';
import { hasMetadata, metadataOf, renderInteractive, renderReply, type SlackMessage } from './message.ts';

export interface SlackOptions extends HttpOptions {
  readonly name: string;
  readonly token: string;
  /** Id of the conversation. */
  readonly conversation: string;
  /** `https://slack.com/api/` where undefined. */
  readonly apiUrl: string | undefined;
}

/** How far back a lookup goes: pages of messages, the newest first. */
const PAGES = 5;
const PAGE = 200;
/** Two hundred messages of ours with blocks and metadata. */
const MAX_ANSWER = 8 * 1024 * 1024;

/** The client writes requests and answers to its log; none of it is to be written. */
const SILENT: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
};

/** Nothing in a text is to become a link or a mention. */
const AS_IS = { parse: 'none', link_names: false } as const;

export function createSlack(options: SlackOptions): Channel {
  const channel = options.conversation;
  const service = { name: 'Slack', maxBytes: MAX_ANSWER, explain: (_: number, body: string) => codeIn(body) };
  const client = new WebClient(options.token, {
    ...(options.apiUrl === undefined ? {} : { slackApiUrl: options.apiUrl }),
    fetch: createFetch(service, options),
    // The client alone would try ten times and sleep through Retry-After, unseen by the lease of the delivery.
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
    logger: SILENT,
  });

  /** Whose messages are ours: anybody may post metadata like ours. */
  let self: { readonly bot: string | undefined; readonly user: string | undefined } | undefined;
  async function ours(): Promise<(message: { bot_id?: string; user?: string }) => boolean> {
    if (self === undefined) {
      const { bot_id: id, user_id: user } = await client.auth.test();
      self = { bot: id, user };
    }
    const { bot, user } = self;
    return (message) =>
      (bot !== undefined && message.bot_id === bot) || (user !== undefined && message.user === user);
  }

  async function findMessage(notice: Notice): Promise<string | undefined> {
    const isOurs = await ours();
    const wanted = metadataOf(notice.episode);
    let cursor: string | undefined;
    for (let page = 0; page < PAGES; page += 1) {
      const answer = await client.conversations.history({
        channel,
        include_all_metadata: true,
        limit: PAGE,
        ...(cursor === undefined ? {} : { cursor }),
      });
      const found = answer.messages?.find(
        (message) => isOurs(message) && hasMetadata(message.metadata, wanted),
      );
      if (found !== undefined) return found.ts;
      cursor = answer.response_metadata?.next_cursor;
      if (cursor === undefined || cursor === '') return undefined;
    }
    return undefined;
  }

  /** Undefined: cannot be known, as where the thread is too long or the token may not read threads. */
  async function isTold(notice: Notice, ts: string): Promise<boolean | undefined> {
    const isOurs = await ours();
    const wanted = metadataOf(notice.episode, notice.occurrences);
    let cursor: string | undefined;
    for (let page = 0; page < PAGES; page += 1) {
      try {
        const answer = await client.conversations.replies({
          channel,
          ts,
          include_all_metadata: true,
          limit: PAGE,
          ...(cursor === undefined ? {} : { cursor }),
        });
        const told = answer.messages?.some(
          (message) => isOurs(message) && hasMetadata(message.metadata, wanted),
        );
        if (told === true) return true;
        cursor = answer.response_metadata?.next_cursor;
      } catch (error) {
        if (NOT_READABLE.has(codeOf(error) ?? '')) return undefined;
        throw error;
      }
      if (cursor === undefined || cursor === '') return false;
    }
    return undefined;
  }

  async function update(notice: Notice, ts: string): Promise<boolean> {
    const { text, blocks } = renderInteractive(notice);
    try {
      await client.chat.update({ channel, ts, text, blocks, metadata: metadataOf(notice.episode), ...AS_IS });
      return true;
    } catch (error) {
      if (isGone(error)) return false;
      throw error;
    }
  }

  async function post(
    { text, blocks }: SlackMessage,
    metadata: MessageMetadata,
    thread?: string,
  ): Promise<string | undefined> {
    const where = thread === undefined ? { channel } : { channel, thread_ts: thread };
    const message = { ...where, text, blocks, metadata, ...AS_IS, unfurl_links: false, unfurl_media: false };
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- this is no window
    const posted = await client.chat.postMessage(message);
    return posted.ts;
  }

  /** The count is in the message already: where it cannot be known whether the reply is there, there is none. */
  async function reply(notice: Notice, ts: string, sent: Sent): Promise<void> {
    if (sent.maybeSent && (await isTold(notice, ts)) !== false) return;
    await post(renderReply(notice), metadataOf(notice.episode, notice.occurrences), ts);
  }

  async function tell(notice: Notice, sent: Sent | undefined): Promise<string | undefined> {
    if (sent?.ref !== undefined && (await update(notice, sent.ref))) {
      if (notice.change === 'merge') await reply(notice, sent.ref, sent);
      return sent.ref;
    }
    const found = sent?.maybeSent === true ? await findMessage(notice) : undefined;
    if (found !== undefined && found !== sent?.ref && (await update(notice, found))) return found;
    return post(renderInteractive(notice), metadataOf(notice.episode));
  }

  return {
    name: options.name,
    kind: 'slack',
    async send(notice, sent): Promise<SendResult> {
      try {
        return { kind: 'sent', ref: await tell(notice, sent) };
      } catch (error) {
        return failureOfCall(error, sent);
      }
    },
  };
}

/** Reading a thread needs more than posting in it; with these the count in the message has to do. */
const NOT_READABLE = new Set([
  'missing_scope',
  'not_allowed_token_type',
  'no_permission',
  'thread_not_found',
]);
