/**
 * A local server that answers as Logging, Resource Manager, Pub/Sub and IAM do, with what a test says is there. The first part of
 * a path names the deployment that is asked, so that many can be asked at once.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';

export interface Binding {
  readonly role: string;
  readonly members: readonly string[];
  readonly condition?: { readonly title: string; readonly expression: string };
}

export interface Policy {
  readonly bindings?: readonly Binding[];
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
  readonly interceptChildren?: boolean;
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
  /** Permissions by role. */
  readonly roles: Record<string, readonly string[]>;
  /** As Pub/Sub lists them; absent where an emulator is asked. */
  readonly subscriptions?: readonly Record<string, unknown>[];
  readonly topics?: readonly Record<string, unknown>[];
  /** Paths that are answered with 403, and the error's details where they have any. */
  readonly refused: Readonly<Record<string, readonly object[]>>;
  /** Answered with 503 first, this often. */
  readonly busy?: { times: number };
}

export const NUMBER = '42';

export async function serveGoogle(): Promise<{
  readonly url: string;
  readonly deployments: Map<string, Google>;
  readonly close: () => Promise<void>;
}> {
  const deployments = new Map<string, Google>();
  const server = createServer((request, response) => {
    const reply = async (): Promise<void> => {
      const body = await bodyOf(request);
      const url = new URL(request.url ?? '', 'http://localhost');
      const [, name = '', ...rest] = url.pathname.split('/').map(decodeURIComponent);
      const google = deployments.get(name);
      const answer =
        google === undefined
          ? NOT_FOUND
          : answerOf(google, request.method ?? '', rest.join('/'), url.searchParams, body);
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer.body));
    };
    void reply();
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
  return { url: `http://127.0.0.1:${address.port}`, deployments, close };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += String(chunk);
  return text;
}

interface Answered {
  readonly status: number;
  readonly body: object;
}

const NOT_FOUND = refusal(404, 'not found');

function refusal(code: number, message: string, details: readonly object[] = []): Answered {
  return { status: code, body: { error: { code, message, details } } };
}

/** Names of methods are as the APIs' own client of gcloud has them; whatever else is asked is not there. */
function answerOf(
  google: Google,
  method: string,
  path: string,
  query: URLSearchParams,
  body: string,
): Answered {
  const [, version = '', what = '', verb = ''] =
    /^(v\d)\/(.+?)(\/sinks|\/subscriptions|\/topics|:getIamPolicy|:getAncestry)?$/.exec(path) ?? [];
  if (google.busy !== undefined && google.busy.times > 0) {
    google.busy.times -= 1;
    return refusal(503, 'busy');
  }
  const refused = Object.hasOwn(google.refused, what) ? google.refused[what] : undefined;
  if (refused !== undefined) return refusal(403, 'The caller does not have permission', refused);
  const ok = (answer: object): Answered => ({ status: 200, body: answer });
  switch (`${method} ${version} ${verb}`) {
    case 'GET v2 /sinks':
      return ok(paged('sinks', google.sinks[what] ?? [], query));
    case 'GET v1 /subscriptions':
      return ok(paged('subscriptions', google.subscriptions ?? [], query));
    case 'GET v1 /topics':
      return ok(paged('topics', google.topics ?? [], query));
    case 'GET v1 :getIamPolicy':
      if (!/\/(?:topics|subscriptions)\//.test(what)) return NOT_FOUND;
      return google.policies[what] === undefined
        ? refusal(404, 'Resource not found')
        : ok(policyFor(google.policies[what], query.get('options.requestedPolicyVersion') === '3'));
    case 'POST v3 :getIamPolicy':
      return ok(policyFor(google.policies[what] ?? {}, body.includes('"requestedPolicyVersion":3')));
    case 'POST v1 :getAncestry': {
      const ancestor = [what, ...(google.ancestry[what] ?? [])].map((resource) => {
        const [kinds = '', id = ''] = resource.split('/');
        return { resourceId: { type: kinds.slice(0, -1), id } };
      });
      return ok({ ancestor });
    }
    case 'GET v3 ':
      return ok({ name: `projects/${NUMBER}`, projectId: what.slice('projects/'.length) });
    case 'GET v1 ':
      return google.roles[what] === undefined
        ? NOT_FOUND
        : ok({ name: what, includedPermissions: google.roles[what] });
    default:
      return NOT_FOUND;
  }
}

/** One to a page, so that who reads the first page only is found out. */
function paged(key: string, items: readonly object[], query: URLSearchParams): object {
  const at = Number(query.get('pageToken') ?? 0);
  const next = at + 1 < items.length ? { nextPageToken: String(at + 1) } : {};
  return { [key]: items.slice(at, at + 1), ...next };
}

/** Who does not ask for version 3 is shown conditional bindings under names of roles that there are not. */
function policyFor({ bindings = [], ...rest }: Policy, withConditions: boolean): object {
  const shown = bindings.map(({ condition, ...binding }) =>
    condition === undefined || withConditions
      ? { ...binding, ...(condition === undefined ? {} : { condition }) }
      : { ...binding, role: `${binding.role}_withcond_0123456789abcdef` },
  );
  return { ...rest, bindings: shown };
}
