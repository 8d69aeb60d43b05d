/**
 * The Spanner emulator with changes of the schema that take their time, as Spanner's do: begun, they are under way until they are
 * let go, and then take effect, whether or not the program that began them is still there.
 */
import { protos } from '@google-cloud/spanner';
import { createClient } from '../../../shared/store/spanner/client.ts';
import { openFront, PASS, type Front, type Verdict } from '../../support/spanner-front.ts';

const { Operation, GetOperationRequest, ListOperationsRequest, ListOperationsResponse } =
  protos.google.longrunning;
const { UpdateDatabaseDdlMetadata, UpdateDatabaseDdlRequest } = protos.google.spanner.admin.database.v1;

export interface SlowChanges extends Front {
  /** Names of those under way. */
  readonly held: () => readonly string[];
  /** How often somebody looked at one. */
  readonly looks: () => number;
  /** Changes that were begun in all. */
  readonly begun: () => number;
  /** All of them take effect, and those that follow at once. */
  letGo(): Promise<void>;
}

interface Held {
  readonly database: string;
  readonly statements: readonly string[];
  readonly operationId: string;
}

const ALREADY_EXISTS = 6;

export async function slowChanges(emulator: string): Promise<SlowChanges> {
  const client = await createClient('test-project', emulator);
  const admin = client.spanner.getDatabaseAdminClient();
  const held = new Map<string, Held>();
  let holds = true;
  let looks = 0;
  let begun = 0;

  const running = (name: string, { statements, database }: Held): protos.google.longrunning.IOperation => ({
    name,
    done: false,
    metadata: {
      type_url: `type.googleapis.com/google.spanner.admin.database.v1.UpdateDatabaseDdlMetadata`,
      value: UpdateDatabaseDdlMetadata.encode({
        database,
        statements: [...statements],
        commitTimestamps: [],
        progress: [{ progressPercent: Math.min(looks, 99) }],
      }).finish(),
    },
  });
  const answer = (message: Uint8Array): Verdict => ({ kind: 'answer', message });

  function onCall(method: string, message: Uint8Array): Verdict {
    if (method.endsWith('/UpdateDatabaseDdl')) {
      begun += 1;
      if (!holds) return PASS;
      const { database, statements, operationId } = UpdateDatabaseDdlRequest.decode(message);
      const name = `${database}/operations/${operationId}`;
      if (held.has(name))
        return {
          kind: 'refuse',
          refusal: { code: ALREADY_EXISTS, message: `Operation already exists: ${name}` },
        };
      const change = { database, statements, operationId };
      held.set(name, change);
      return answer(Operation.encode(running(name, change)).finish());
    }
    if (method.endsWith('/GetOperation')) {
      const { name } = GetOperationRequest.decode(message);
      const change = held.get(name);
      if (change === undefined) return PASS;
      looks += 1;
      return answer(Operation.encode(running(name, change)).finish());
    }
    if (method.endsWith('/ListOperations') && held.size > 0) {
      const { name } = ListOperationsRequest.decode(message);
      const operations = [...held].flatMap(([one, change]) =>
        one.startsWith(name) ? [running(one, change)] : [],
      );
      return answer(ListOperationsResponse.encode({ operations }).finish());
    }
    return PASS;
  }

  const front = await openFront(emulator, { onCall });
  return {
    ...front,
    held: () => [...held.keys()],
    looks: () => looks,
    begun: () => begun,
    async letGo() {
      holds = false;
      for (const [name, { database, statements, operationId }] of held) {
        const [operation] = await admin.updateDatabaseDdl({
          database,
          statements: [...statements],
          operationId,
        });
        await operation.promise();
        held.delete(name);
      }
    },
    async close() {
      await front.close();
      await client.close();
    },
  };
}
