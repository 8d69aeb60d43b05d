/**
 * A server in front of the Spanner emulator that sees each call before the emulator does: it may answer one in its place, and
 * look at what the emulator answers. What neither asks about passes as it came.
 */
import {
  connect,
  createServer,
  type ClientHttp2Session,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';

/** Of google.rpc.Code. */
export interface Refusal {
  readonly code: number;
  readonly message: string;
}

export type Verdict =
  | { readonly kind: 'pass' }
  | { readonly kind: 'refuse'; readonly refusal: Refusal }
  /** It passes, and what is answered to it is lost. */
  | { readonly kind: 'lose'; readonly refusal: Refusal }
  | { readonly kind: 'answer'; readonly message: Uint8Array };

export interface FrontOptions {
  /** @param method as in `google.spanner.v1.Spanner/Commit` */
  readonly onCall: (method: string, message: Uint8Array) => Verdict | Promise<Verdict>;
  readonly onAnswer?: (method: string, request: Uint8Array, message: Uint8Array) => void;
}

export interface Front {
  /** HOST:PORT, for SPANNER_EMULATOR_HOST. */
  readonly host: string;
  close(): Promise<void>;
}

export const PASS: Verdict = { kind: 'pass' };

export async function openFront(emulator: string, options: FrontOptions): Promise<Front> {
  const behind = connect(`http://${emulator}`);
  behind.on('error', () => undefined);
  const open = new Set<ServerHttp2Session>();
  const server = createServer();
  server.on('session', (session) => {
    open.add(session);
    session.on('error', () => undefined).on('close', () => open.delete(session));
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    handle(stream, headers, behind, options).catch((error: unknown) =>
      answerStatus(stream, { code: 13, message: String(error) }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return {
    host: `127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        for (const session of open) session.destroy();
        behind.destroy();
        server.close(() => resolve());
      }),
  };
}

async function handle(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  behind: ClientHttp2Session,
  { onCall, onAnswer }: FrontOptions,
): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  const body = Buffer.concat(parts);
  const method = String(headers[':path']).slice(1);
  const [request = new Uint8Array()] = messagesIn(body);
  const verdict = await onCall(method, request);
  if (stream.destroyed) return;
  if (verdict.kind === 'refuse') return answerStatus(stream, verdict.refusal);
  if (verdict.kind === 'answer') return answerMessage(stream, verdict.message);
  const lost = verdict.kind === 'lose' ? verdict.refusal : undefined;
  await pass(stream, headers, body, behind, lost, (answer) => {
    for (const message of messagesIn(answer)) onAnswer?.(method, request, message);
  });
}

function pass(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  body: Buffer,
  behind: ClientHttp2Session,
  lost: Refusal | undefined,
  onAnswer: (answer: Buffer) => void,
): Promise<void> {
  const { ':authority': _authority, ...kept } = headers;
  const call = behind.request(kept);
  const answer: Buffer[] = [];
  let trailers: OutgoingHttpHeaders = {};
  stream.on('close', () => call.close());
  return new Promise((resolve, reject) => {
    call.on('error', reject);
    call.on('response', (got, flags) => {
      // END_STREAM: the status is in these headers, and nothing follows.
      const ends = (flags & 1) === 1;
      if (stream.destroyed || lost !== undefined) return;
      stream.respond(plain(got), { endStream: ends, waitForTrailers: !ends });
      if (ends) resolve();
    });
    call.on('trailers', (got) => (trailers = plain(got)));
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    call.on('data', (part: Buffer) => {
      answer.push(part);
      if (!stream.destroyed && lost === undefined) stream.write(part);
    });
    call.on('end', () => {
      onAnswer(Buffer.concat(answer));
      if (lost !== undefined) answerStatus(stream, lost);
      else if (!stream.destroyed) stream.end();
      resolve();
    });
    call.end(body);
  });
}

/** Without what belongs to the connection that it came by. */
const plain = (headers: IncomingHttpHeaders): OutgoingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'connection'));

const GRPC = { ':status': 200, 'content-type': 'application/grpc' };

function answerStatus(stream: ServerHttp2Stream, { code, message }: Refusal): void {
  if (stream.destroyed || stream.headersSent) return;
  const status = { 'grpc-status': String(code), 'grpc-message': encodeURIComponent(message) };
  stream.respond({ ...GRPC, ...status }, { endStream: true });
}

function answerMessage(stream: ServerHttp2Stream, message: Uint8Array): void {
  stream.respond(GRPC, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  const head = Buffer.alloc(HEAD);
  head.writeUInt32BE(message.length, 1);
  stream.end(Buffer.concat([head, message]));
}

/** One byte that says whether it is compressed, which the client does not do unasked, and four of the length. */
const HEAD = 5;

function messagesIn(body: Buffer): readonly Uint8Array[] {
  const found: Uint8Array[] = [];
  for (let at = 0; at + HEAD <= body.length;) {
    const end = at + HEAD + body.readUInt32BE(at + 1);
    found.push(body.subarray(at + HEAD, end));
    at = end;
  }
  return found;
}
