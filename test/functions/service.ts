/** A function on the real framework over HTTP, with a store, a clock and a log that a test can look into. */
import { afterEach, beforeEach } from 'vitest';
import { createHandler, type HandlerOptions } from '../../functions/runtime/handler.ts';
import { PLATFORM_AUTH, type PushAuth } from '../../functions/runtime/push-auth.ts';
import type { FetchKeys } from '../../shared/attest/keys.ts';
import { EMPTY_CONFIG, type LoadedConfig } from '../../shared/config/parse.ts';
import { createLogger } from '../../shared/observe/log.ts';
import { createGroupCommitter, DEFAULT_LIMITS } from '../../shared/pipeline/group-commit.ts';
import { DEFAULT_ATTEMPTS, type Ingest } from '../../shared/pipeline/ingest.ts';
import { createPreparer } from '../../shared/pipeline/prepare.ts';
import { SOURCES } from '../../shared/sources/index.ts';
import type { Source } from '../../shared/sources/source.ts';
import { openStore } from '../../shared/store/open.ts';
import type { CommitBatch, Store } from '../../shared/store/store.ts';
import { timestampOf } from '../../shared/store/timestamp.ts';
import { DAY } from '../pipeline/deliveries.ts';
import { serveHandler } from './serve-handler.ts';

export interface Service {
  readonly url: string;
  /** The function's log, a parsed object a line. */
  readonly log: readonly Readonly<Record<string, unknown>>[];
  stop(): Promise<void>;
}

export interface ServiceOptions {
  readonly store: Store;
  readonly source?: Source;
  readonly auth?: PushAuth;
  readonly knowsSender?: HandlerOptions['knowsSender'];
  readonly receive?: HandlerOptions['receive'];
  readonly run?: HandlerOptions['run'];
  /** Instead of the store's own; to fail before it is open. */
  readonly ingest?: () => Promise<Ingest>;
  /** Instead of the defaults. */
  readonly loaded?: LoadedConfig;
  readonly fetchKeys?: FetchKeys;
}

export async function serve(options: ServiceOptions): Promise<Service> {
  const source = options.source ?? istio();
  const log: Record<string, unknown>[] = [];
  const ingest = ingestOf(options, source);
  const served = await serveHandler(
    createHandler({
      ingest: options.ingest ?? (() => Promise.resolve(ingest)),
      auth: options.auth ?? PLATFORM_AUTH,
      knowsSender: options.knowsSender,
      receive: options.receive,
      run: options.run,
      logger: createLogger((line) => log.push(JSON.parse(line)), { function: source.name }),
      project: 'acme-audit',
    }),
  );
  return { url: `${served.url}/`, log, stop: () => served.stop() };
}

export function istio(): Source {
  const found = SOURCES.find(({ name }) => name === 'istio');
  if (found === undefined) throw new Error('no source istio');
  return found;
}

export function ingestOf(
  { store, loaded = EMPTY_CONFIG, fetchKeys }: Pick<ServiceOptions, 'store' | 'loaded' | 'fetchKeys'>,
  source: Source,
  path: 'push' | 'pull' = 'push',
): Ingest {
  const now = (): string => timestampOf(new Date());
  const preparer = createPreparer({
    sources: [source],
    loaded,
    ...(fetchKeys === undefined ? {} : { fetchKeys }),
  });
  const committer = createGroupCommitter({ store, preparer, path, now }, DEFAULT_LIMITS);
  return { source, preparer, committer, now, attempts: DEFAULT_ATTEMPTS };
}

/** Istio entries of the day, each stored as one event. */
export const ENTRIES = DAY.filter(
  ({ subscription, category }) => subscription === 'istio' && category === 'ordinary',
).map(({ data }) => data);

export interface Fixture {
  readonly store: () => Store;
  /** A service that ends with the test; on the test's store where the options name no other. */
  readonly start: (options?: Partial<ServiceOptions>) => Promise<Service>;
  /** The test's store, with something before each of its commits. */
  readonly before: (act: (batch: CommitBatch) => unknown) => Store;
}

/** A fresh embedded store for each test of the file. */
export function freshStore(): Fixture {
  let open: Store | undefined;
  const services: Service[] = [];
  const store = (): Store => {
    if (open === undefined) throw new Error('only inside a test');
    return open;
  };
  beforeEach(async () => {
    open = await openStore('sqlite::memory:');
  });
  afterEach(async () => {
    await Promise.all(services.splice(0).map((service) => service.stop()));
    await open?.close();
  });
  return {
    store,
    async start(options = {}) {
      const service = await serve({ store: store(), ...options });
      services.push(service);
      return service;
    },
    before: (act) => {
      const inner = store();
      return {
        ...inner,
        async commit(batch) {
          await act(batch);
          return inner.commit(batch);
        },
      };
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

export async function post(
  url: string,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

export interface Push {
  readonly data: string;
  readonly messageId?: string;
  readonly deliveryAttempt?: number;
}

/** The body of a push request. */
export function pushed({ data, messageId = '7', deliveryAttempt }: Push): string {
  return JSON.stringify({
    message: {
      data: Buffer.from(data).toString('base64'),
      messageId,
      publishTime: '2026-11-18T08:00:00.123Z',
      attributes: {},
    },
    subscription: 'projects/acme-audit/subscriptions/jobtrail-istio',
    deliveryAttempt,
  });
}
