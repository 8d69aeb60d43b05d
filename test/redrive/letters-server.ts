/** A subscription of Pub/Sub over HTTP, for the parts that a redrive asks for: messages, leases that end, acknowledgements. */
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { serveOnLoopback, type LoopbackServer } from '../../cli/run/loopback.ts';

export interface Sent {
  readonly data: string | Buffer;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly publishTime?: string;
}

export interface LettersServer extends LoopbackServer {
  /** Calls in order: `pull`, `acknowledge`, `modifyAckDeadline`. */
  readonly called: readonly string[];
  /** Indexes of the messages that are not acknowledged. */
  readonly left: () => readonly number[];
  /** Of them, those that somebody holds. */
  readonly held: () => readonly number[];
}

export interface LettersServerOptions {
  readonly messages: readonly Sent[];
  /** Milliseconds; leases end by it. */
  readonly now: () => number;
  /** Seconds for which a pull holds what it brings. */
  readonly ackDeadline?: number;
  /** Pulls, by their number from 1, that bring nothing though there is something. */
  readonly empty?: (pull: number) => boolean;
  /** Before a call is answered. */
  readonly before?: (method: string) => Promise<void> | void;
}

const Body = z.object({
  maxMessages: z.number().int().positive().optional(),
  returnImmediately: z.literal(true).optional(),
  ackIds: z.array(z.string()).max(1000).optional(),
  ackDeadlineSeconds: z.number().int().min(0).max(600).optional(),
});
const PATH = /^\/v1\/projects\/p\/subscriptions\/[a-z-]+:(pull|acknowledge|modifyAckDeadline)$/;

export async function serveLetters(options: LettersServerOptions): Promise<LettersServer> {
  const { messages, now, ackDeadline = 60 } = options;
  const called: string[] = [];
  const acknowledged = new Set<number>();
  const heldUntil = new Map<number, { readonly until: number; readonly lease: number }>();
  let leases = 0;
  let pulls = 0;
  const isHeld = (index: number): boolean => (heldUntil.get(index)?.until ?? 0) > now();

  function pull(most: number): object {
    pulls += 1;
    if (options.empty?.(pulls) === true) return {};
    const free = messages.keys().filter((index) => !acknowledged.has(index) && !isHeld(index));
    const receivedMessages = [...free.take(most)].map((index) => {
      leases += 1;
      heldUntil.set(index, { until: now() + ackDeadline * 1000, lease: leases });
      const { data, attributes, publishTime = '2026-11-20T00:00:00Z' } = messages[index] ?? { data: '' };
      const message = { data: Buffer.from(data).toString('base64'), messageId: String(index), publishTime };
      return { ackId: `${index}:${leases}`, message: { ...message, ...(attributes && { attributes }) } };
    });
    return receivedMessages.length === 0 ? {} : { receivedMessages };
  }

  /** Of a lease that is over nothing is changed any more. */
  function changed(ackId: string): number | undefined {
    const [index = 0, lease] = ackId.split(':').map(Number);
    const known = heldUntil.get(index);
    return known?.lease === lease && isHeld(index) ? index : undefined;
  }

  const server = await serveOnLoopback((request, response) => {
    void (async () => {
      const [, method = ''] = PATH.exec(request.url ?? '') ?? [];
      const body = Body.parse(JSON.parse(await text(request)));
      called.push(method);
      await options.before?.(method);
      let answer: object = {};
      const indexes = (body.ackIds ?? []).map(changed).filter((index) => index !== undefined);
      if (method === 'pull') answer = pull(body.maxMessages ?? 0);
      else if (method === 'acknowledge') for (const index of indexes) acknowledged.add(index);
      else {
        for (const index of indexes) {
          const lease = heldUntil.get(index)?.lease ?? 0;
          heldUntil.set(index, { until: now() + (body.ackDeadlineSeconds ?? 0) * 1000, lease });
        }
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    })().catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  const left = (): readonly number[] => [...messages.keys()].filter((index) => !acknowledged.has(index));
  return { ...server, called, left, held: () => left().filter(isHeld) };
}
