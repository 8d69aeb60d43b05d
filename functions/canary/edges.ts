/** Where canaries leave: an entry of Cloud Logging, a request to a hop. */
import { Logging } from '@google-cloud/logging';
import { PassThroughClient } from 'google-auth-library';
import { CANARY_LOG } from '../../schemas/canary.ts';
import { sourceOfPath } from '../../shared/corroboration/health/path.ts';
import type { Sending } from './send.ts';

/** Nothing of the instance is asked for: what a canary is about is its path. */
const RESOURCE = { type: 'global', labels: {} };

export interface WriterOptions {
  readonly timeoutMs: number;
  /** A server that answers as Cloud Logging does. */
  readonly url: string | undefined;
}

/** One client for each project, kept from one call of the scheduler to the next. */
export function createWriter({ timeoutMs, url }: WriterOptions): Sending['write'] {
  const clients = new Map<string, Logging>();
  const clientOf = (project: string): Logging => {
    const known = clients.get(project);
    if (known !== undefined) return known;
    const client = new Logging({ projectId: project, ...(url === undefined ? {} : standIn(url)) });
    clients.set(project, client);
    return client;
  };
  return async (project, canary) => {
    const client = clientOf(project);
    // Missing credentials are this canary's failure; asked for later they are a rejection that nobody handles.
    await client.auth.getClient();
    const log = client.log(`${CANARY_LOG}${sourceOfPath(canary.path)}`);
    const entry = log.entry(
      { resource: RESOURCE, timestamp: new Date(canary.sentAt), insertId: canary.nonce },
      { ...canary },
    );
    await log.write(entry, { resource: RESOURCE, gaxOptions: { timeout: timeoutMs } });
  };
}

/** HTTP instead of gRPC, and no token for whatever answers in the place of Google. */
function standIn(url: string) {
  const { hostname, port } = new URL(url);
  return {
    fallback: true,
    protocol: 'http',
    apiEndpoint: hostname,
    port: Number(port),
    authClient: new PassThroughClient(),
  };
}

/** The hop's record of the request is all that is wanted: its answer is left unread, and no redirect is followed. */
export function createProbe(timeoutMs: number): Sending['ask'] {
  return async (url) => {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
    await response.body?.cancel();
  };
}
