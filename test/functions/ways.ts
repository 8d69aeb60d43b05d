/** The ways by which a message comes to the core, each as one thing: deliver it, and see whether it is acknowledged. */
import { createWorker, type Worker } from '../../functions/pull/worker.ts';
import { createLogger } from '../../shared/observe/log.ts';
import { ingestOf, istio, post, pushed, serve, type Push, type ServiceOptions } from './service.ts';

export type Outcome = 'acknowledged' | 'again';

export interface Receiver {
  readonly deliver: (message: Push) => Promise<Outcome>;
  /** A parsed object a line. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  stop(): Promise<void>;
}

export type Way = (options: Pick<ServiceOptions, 'store' | 'source' | 'ingest'>) => Promise<Receiver>;

const push: Way = async (options) => {
  const service = await serve(options);
  const { url, log } = service;
  return {
    log,
    stop: () => service.stop(),
    async deliver(message) {
      const { status } = await post(url, pushed(message));
      if (status !== 204 && status !== 503) throw new Error(`neither acknowledged nor refused: ${status}`);
      return status === 204 ? 'acknowledged' : 'again';
    },
  };
};

export interface PullReceiver extends Receiver, Pick<Worker, 'longest'> {}

/** @param holdMs for how long a message is held before it is given back */
export const pullHolding =
  (holdMs: number) =>
  (options: Parameters<Way>[0]): Promise<PullReceiver> => {
    const log: Record<string, unknown>[] = [];
    const source = options.source ?? istio();
    const ingest = ingestOf(options, source, 'pull');
    const worker = createWorker({
      ingest: options.ingest ?? (() => Promise.resolve(ingest)),
      logger: createLogger((line) => log.push(JSON.parse(line)), { function: source.name }),
      holdMs,
    });
    return Promise.resolve({
      log,
      longest: () => worker.longest(),
      stop: () => Promise.resolve(worker.stop()),
      async deliver({ data, messageId = '7', deliveryAttempt }) {
        const outcomes: Outcome[] = [];
        await worker.handle({
          id: messageId,
          data: Buffer.from(data),
          attributes: {},
          publishTime: '2026-11-18T08:00:00.123000000Z',
          subscription: 'projects/acme-audit/subscriptions/jobtrail-istio',
          deliveryAttempt,
          ack: () => outcomes.push('acknowledged'),
          nack: () => outcomes.push('again'),
        });
        const [outcome, ...more] = outcomes;
        if (outcome === undefined || more.length > 0) throw new Error(`settled as ${outcomes.join(', ')}`);
        return outcome;
      },
    });
  };

/** Each held to the same. A message that is pulled is given back at its first failure, as a request is. */
export const WAYS: readonly (readonly [string, Way])[] = [
  ['pushed', push],
  ['pulled', pullHolding(1)],
];
