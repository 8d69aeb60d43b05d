/**
 * Tables of audited methods as data: one line names methods, the action they are, and the reader of what their request
 * says. Services spell one method in several ways (`google.cloud.kms.v1.KeyManagementService.CreateKeyRing`,
 * `CreateKeyRing`; `v1.compute.firewalls.insert`, `beta.compute.firewalls.insert`), so a method is known by its last
 * segment, or by its last two where the collection is what tells.
 */
import type { Action } from '../model/event.ts';

/** Methods separated by blanks; `COLLECTION.*` stands for every change of a collection. */
export type MethodLine<R extends string> = readonly [names: string, action: Action, reads?: R];

export interface ServiceMethods<R extends string> {
  /** `serviceName` of the entries; several where services share their methods. */
  readonly services: readonly string[];
  /** `rpc`: the last segment is the method. `collection`: the last two are. */
  readonly by: 'rpc' | 'collection';
  readonly lines: readonly MethodLine<R>[];
}

export interface Method<R extends string> {
  readonly action: Action;
  readonly reads?: R;
}

export interface MethodTable<R extends string> {
  has(service: string): boolean;
  /** Undefined for a method that no line names and that is no read. */
  find(service: string, methodName: string): Method<R> | undefined;
  /** `SERVICE METHOD` of every line. */
  readonly listed: readonly string[];
}

const READ: Method<never> = { action: 'metadata.read' };
/** Google's naming of standard read methods (https://google.aip.dev/131, 132); the verb ends before a capital. */
const READ_VERB =
  /^(?:[gG]et|[lL]ist|aggregatedList|[bB]atchGet|[sS]earch|[lL]ookup|[fF]etch|[tT]est(?=Iam)|[qQ]uery)(?:[A-Z]|$)/;

/** @throws Error when two lines of a service name one method: a mistake in a table. */
export function methodTable<R extends string>(tables: readonly ServiceMethods<R>[]): MethodTable<R> {
  const services = new Map<string, { by: 'rpc' | 'collection'; methods: Map<string, Method<R>> }>();
  const listed: string[] = [];
  for (const { services: names, by, lines } of tables) {
    const methods = new Map<string, Method<R>>();
    for (const [line, action, reads] of lines) {
      for (const name of line.split(' ')) {
        if (methods.has(name)) throw new Error(`${names.join(', ')} has two lines for ${name}`);
        methods.set(name, reads === undefined ? { action } : { action, reads });
        listed.push(`${names[0]} ${name}`);
      }
    }
    for (const service of names) services.set(service, { by, methods });
  }
  return {
    listed,
    has: (service) => services.has(service),
    find(service, methodName) {
      const table = services.get(service);
      if (table === undefined) return undefined;
      const last = methodName.lastIndexOf('.');
      const verb = methodName.slice(last + 1);
      if (table.by === 'rpc') return table.methods.get(verb) ?? (READ_VERB.test(verb) ? READ : undefined);
      const before = last <= 0 ? -1 : methodName.lastIndexOf('.', last - 1);
      const known = table.methods.get(methodName.slice(before + 1));
      if (known !== undefined || READ_VERB.test(verb)) return known ?? READ;
      return last <= 0 ? undefined : table.methods.get(`${methodName.slice(before + 1, last)}.*`);
    },
  };
}
