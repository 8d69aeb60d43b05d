/**
 * A stand-in for the Google provider: the same resources, arguments and refusals, and no Google Cloud behind them. It
 * runs as a gRPC server on a local socket, which Terraform is told of in TF_REATTACH_PROVIDERS instead of starting a
 * provider's binary. It applies no rules of the API: what a name may be made of, whether a role exists.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type sendUnaryData,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { type AnyDefinition, loadSync, type ServiceDefinition } from '@grpc/proto-loader';
import { SCHEMA_FILE } from '../../../scripts/terraform-schema.ts';
import { ProviderSchema } from '../../../scripts/terraform-schema/schema.ts';
import { type Method, providerOf } from './provider.ts';

export interface StandIn {
  /** For Terraform's environment. */
  readonly reattach: string;
  readonly stop: () => void;
}

/** The largest message: the schema is the only large one. */
const MESSAGE_BYTES = 64 * 1024 * 1024;

export async function startStandIn(): Promise<StandIn> {
  const schema = ProviderSchema.parse(JSON.parse(readFileSync(SCHEMA_FILE, 'utf8')));
  const folder = mkdtempSync(join(tmpdir(), 'jobtrail-provider-'));
  const socket = join(folder, 'socket');
  const server = new Server({
    'grpc.max_receive_message_length': MESSAGE_BYTES,
    'grpc.max_send_message_length': MESSAGE_BYTES,
  });
  server.addService(serviceDefinition(), handlers(providerOf(schema)));
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${socket}`, ServerCredentials.createInsecure(), (error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
  const config = {
    Protocol: 'grpc',
    ProtocolVersion: 5,
    Pid: process.pid,
    Test: true,
    Addr: { Network: 'unix', String: socket },
  };
  return {
    reattach: JSON.stringify({ 'hashicorp/google': config }),
    stop: () => {
      server.forceShutdown();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function serviceDefinition(): ServiceDefinition {
  const loaded = loadSync(join(import.meta.dirname, 'tfplugin5.proto'), {
    keepCase: true,
    enums: String,
    defaults: true,
  });
  const service = loaded['tfplugin5.Provider'];
  if (service === undefined || !isService(service))
    throw new Error('tfplugin5.proto has no service Provider');
  return service;
}

/** Messages and enumerations say in which format they are described; a service has its methods. */
function isService(definition: AnyDefinition): definition is ServiceDefinition {
  return !('format' in definition);
}

function handlers(methods: Readonly<Record<string, Method>>): UntypedServiceImplementation {
  const handler =
    (method: Method) =>
    (call: ServerUnaryCall<unknown, object>, answer: sendUnaryData<object>): void => {
      try {
        answer(null, method(call.request));
      } catch (error) {
        answer({ code: status.INTERNAL, details: error instanceof Error ? error.message : String(error) });
      }
    };
  return Object.fromEntries(Object.entries(methods).map(([name, method]) => [name, handler(method)]));
}
