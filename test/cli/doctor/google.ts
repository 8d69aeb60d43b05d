/** A local server that answers as Logging, Resource Manager and Pub/Sub's IAM do, with what a test says is there. */
import { createServer } from 'node:http';
import { once } from 'node:events';

export interface Policy {
  readonly bindings?: readonly { readonly role: string; readonly members: readonly string[] }[];
  readonly auditConfigs?: readonly {
    readonly service: string;
    readonly auditLogConfigs: readonly {
      readonly logType: string;
      readonly exemptedMembers?: readonly string[];
    }[];
  }[];
}

export interface Sink {
  readonly name: string;
  readonly destination: string;
  readonly filter: string;
  readonly disabled?: boolean;
  readonly includeChildren?: boolean;
  readonly writerIdentity: string;
  readonly exclusions?: readonly {
    readonly name: string;
    readonly filter: string;
    readonly disabled?: boolean;
  }[];
}

/** By path, as in the URL: `organizations/1`, `projects/p/topics/t`. */
export interface Google {
  readonly sinks: Record<string, readonly Sink[]>;
  readonly policies: Record<string, Policy>;
  readonly ancestry: Record<string, readonly string[]>;
  /** Paths that are answered with 403. */
  readonly refused: readonly string[];
}

export async function serveGoogle(
  google: () => Google,
): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    request.resume();
    const answer = answerOf(google(), request.method ?? '', (request.url ?? '').split('?')[0] ?? '');
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer.body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  const close = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${address.port}`, close };
}

function answerOf(google: Google, method: string, path: string): { status: number; body: object } {
  const [, version = '', what = '', verb] =
    /^\/(v\d)\/([^:]+?)(\/sinks|:getIamPolicy|:getAncestry)?$/.exec(path) ?? [];
  if (google.refused.includes(what)) {
    return { status: 403, body: { error: { code: 403, message: 'The caller does not have permission' } } };
  }
  const isPubsub = /\/(?:topics|subscriptions)\//.test(what);
  switch (verb) {
    case '/sinks':
      return version === 'v2' && method === 'GET'
        ? { status: 200, body: { sinks: google.sinks[what] ?? [] } }
        : NOT_FOUND;
    case ':getIamPolicy': {
      // Pub/Sub answers a GET, Resource Manager a POST; folders are in its second version.
      const expected = isPubsub ? 'GET v1' : what.startsWith('folders/') ? 'POST v2' : 'POST v1';
      return expected === `${method} ${version}`
        ? { status: 200, body: google.policies[what] ?? {} }
        : NOT_FOUND;
    }
    case ':getAncestry': {
      const ancestor = [what, ...(google.ancestry[what] ?? [])].map((resource) => {
        const [kinds = '', id = ''] = resource.split('/');
        return { resourceId: { type: kinds.slice(0, -1), id } };
      });
      return method === 'POST' ? { status: 200, body: { ancestor } } : NOT_FOUND;
    }
    case undefined:
    default:
      return NOT_FOUND;
  }
}

const NOT_FOUND = { status: 404, body: { error: { code: 404, message: 'not found' } } };
