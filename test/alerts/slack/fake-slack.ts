/** Slack's Web API as far as the channel uses it: keeps messages, and refuses what is over Slack's documented limits. */
import * as z from 'zod';
import { type Answer, type Around, type Asked, type Behaviour, serve, type TestServer } from '../server.ts';

export interface Message {
  readonly ts: string;
  readonly thread?: string | undefined;
  readonly bot: string;
  text: string;
  blocks: readonly unknown[];
  metadata: unknown;
}

export interface FakeSlack extends TestServer {
  readonly messages: Message[];
  /** Methods called, in order. */
  readonly calls: readonly string[];
  /** Fails a method once, before or after it did its work. */
  fail(method: string, behaviour: Behaviour, when: 'before' | 'after'): void;
}

export const TOKEN = 'xoxb-0123456789-secret';
export const CONVERSATION = 'C0123456789';

export interface FakeSlackOptions {
  readonly around?: Around;
  /** Most messages of one page; few by default, so that a lookup has to turn pages. */
  readonly pageSize?: number;
}

export async function serveSlack({
  around = (_, work) => work(),
  pageSize = 2,
}: FakeSlackOptions = {}): Promise<FakeSlack> {
  const messages: Message[] = [];
  const calls: string[] = [];
  const failures = new Map<string, { behaviour: Behaviour; when: 'before' | 'after' }>();

  const methods: Record<string, (args: URLSearchParams) => object> = {
    'auth.test': () => ({ ok: true, bot_id: 'B0JOBTRAIL', user_id: 'U0JOBTRAIL' }),
    'chat.postMessage': (args) => {
      const message = {
        ts: `${1_772_600_000 + messages.length}.000100`,
        thread: args.get('thread_ts') ?? undefined,
        bot: 'B0JOBTRAIL',
        ...contentOf(args),
      };
      messages.push(message);
      return { ok: true, channel: CONVERSATION, ts: message.ts };
    },
    'chat.update': (args) => {
      const message = messages.find(({ ts }) => ts === args.get('ts'));
      if (message === undefined) return { ok: false, error: 'message_not_found' };
      if (message.bot !== 'B0JOBTRAIL') return { ok: false, error: 'cant_update_message' };
      Object.assign(message, contentOf(args));
      return { ok: true, channel: CONVERSATION, ts: message.ts };
    },
    'conversations.history': (args) =>
      page(messages.filter(({ thread }) => thread === undefined).toReversed(), args, pageSize),
    'conversations.replies': (args) =>
      page(
        messages.filter(({ ts, thread }) => [ts, thread].includes(args.get('ts') ?? '')),
        args,
        pageSize,
      ),
  };

  function answer(asked: Asked): Behaviour {
    const method = asked.path.replace('/api/', '');
    calls.push(method);
    const failure = failures.get(method);
    failures.delete(method);
    if (failure?.when === 'before') return failure.behaviour;
    const args = new URLSearchParams(asked.body);
    let result: object;
    if (asked.headers.authorization !== `Bearer ${TOKEN}`) result = { ok: false, error: 'invalid_auth' };
    else if (args.has('channel') && args.get('channel') !== CONVERSATION)
      result = { ok: false, error: 'channel_not_found' };
    else if (args.has('blocks') && !isValid(contentOf(args))) result = { ok: false, error: 'invalid_blocks' };
    else result = methods[method]?.(args) ?? { ok: false, error: 'unknown_method' };
    return failure?.behaviour ?? json(result);
  }

  const server = await serve((asked) => around(asked, () => answer(asked)));
  return {
    ...server,
    messages,
    calls,
    fail: (method, behaviour, when) => void failures.set(method, { behaviour, when }),
  };
}

export const json = (body: object): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

const contentOf = (args: URLSearchParams) => ({
  text: args.get('text') ?? '',
  blocks: JSON.parse(args.get('blocks') ?? '[]'),
  metadata: JSON.parse(args.get('metadata') ?? 'null'),
});

function page(found: readonly Message[], args: URLSearchParams, pageSize: number): object {
  const at = Number(args.get('cursor') ?? '0');
  const end = at + Math.min(Number(args.get('limit') ?? '100'), pageSize);
  const withMetadata = args.get('include_all_metadata') === 'true';
  return {
    ok: true,
    messages: found.slice(at, end).map(({ ts, thread, bot, text, metadata }) => ({
      type: 'message',
      ts,
      text,
      bot_id: bot,
      ...(thread === undefined ? {} : { thread_ts: thread }),
      ...(withMetadata && metadata !== null ? { metadata } : {}),
    })),
    response_metadata: { next_cursor: end < found.length ? String(end) : '' },
  };
}

const text = (max: number) =>
  z.object({ type: z.enum(['mrkdwn', 'plain_text']), text: z.string().min(1).max(max) });
const button = z.object({
  type: z.literal('button'),
  text: text(75),
  action_id: z.string().min(1).max(255),
  value: z.string().max(2000),
});
const differ = (buttons: readonly { action_id: string }[]): boolean =>
  new Set(buttons.map(({ action_id: id }) => id)).size === buttons.length;

/** Slack's limits (docs.slack.dev/reference/block-kit). */
const Content = z.object({
  text: z.string().min(1).max(40_000),
  blocks: z
    .array(
      z.discriminatedUnion('type', [
        z.object({ type: z.literal('header'), text: text(150).extend({ type: z.literal('plain_text') }) }),
        z
          .object({
            type: z.literal('section'),
            text: text(3000).optional(),
            fields: z.array(text(2000)).min(1).max(10).optional(),
          })
          .refine((section) => section.text !== undefined || section.fields !== undefined),
        z.object({ type: z.literal('context'), elements: z.array(text(3000)).min(1).max(10) }),
        z.object({ type: z.literal('actions'), elements: z.array(button).min(1).max(25).refine(differ) }),
      ]),
    )
    .max(50),
});

export const isValid = (content: object): boolean => Content.safeParse(content).success;
