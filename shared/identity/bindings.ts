/**
 * The configured table of bindings: which identifiers are one principal, over which range of event time, and which of
 * them are agents. A table that could answer two ways at one instant is refused when it is built.
 */
import type { Agent, Binding } from '../../schemas/config.ts';
import { JobtrailError } from '../errors.ts';
import type { Principal, PrincipalId, ResolvedPrincipal } from '../model/principal.ts';
import { ofKind } from './grammar/canonical.ts';
import type { Identity } from './grammar/canonical.ts';
import { parseIdentifier } from './grammar/identifier.ts';
import { ALWAYS, covers, overlap, toInstant } from './validity.ts';
import type { Validity } from './validity.ts';

export interface BindingTable {
  /** False: at no time does the table change this principal. */
  readonly concerns: (id: PrincipalId) => boolean;
  /**
   * The principal it stands for at that time, bindings followed to the end and cited in order, and the agent's owner and
   * lane.
   *
   * @param eventTime RFC 3339, UTC, nine fraction digits, `Z`.
   */
  readonly resolve: (principal: Principal, eventTime: string) => ResolvedPrincipal;
}

interface Alias {
  readonly bindingId: string;
  readonly target: Identity;
  readonly validity: Validity;
}

/** By alias; each list in order of `from`, so that nothing depends on the order of the file. */
type Aliases = ReadonlyMap<PrincipalId, readonly Alias[]>;

interface Ownership {
  readonly owner: PrincipalId;
  readonly lane: string | undefined;
  readonly validity: Validity;
}
type Owners = ReadonlyMap<PrincipalId, readonly Ownership[]>;

/**
 * @throws JobtrailError `config-invalid`: an identifier of no known grammar, an empty range, an id used twice, two
 *   principals for one alias at one time, bindings that lead back to where they started, two owners or lanes of one agent.
 */
export function createBindingTable(bindings: readonly Binding[], agents: readonly Agent[]): BindingTable {
  const aliases = readAliases(bindings);
  const owners = readOwners(agents, aliases);

  function resolve(principal: Principal, eventTime: string): ResolvedPrincipal {
    const used: string[] = [];
    let current: Identity = principal;
    // Ends: the table was refused if bindings valid at one time led in a circle.
    for (let next = valid(aliases, current.id, eventTime); next !== undefined;) {
      used.push(next.bindingId);
      current = next.target;
      next = valid(aliases, current.id, eventTime);
    }
    const agent = valid(owners, current.id, eventTime);
    if (agent !== undefined && current.kind !== 'agent') current = ofKind('agent', current);
    const same = current.id === principal.id;
    return {
      principal: same ? principal : { ...current, proof: principal.proof },
      ...(same ? {} : { as: principal.id }),
      bindings: used,
      ...(agent === undefined ? {} : { owner: agent.owner }),
      ...(agent?.lane === undefined ? {} : { lane: agent.lane }),
    };
  }

  return { concerns: (id) => aliases.has(id) || owners.has(id), resolve };
}

function valid<T extends { readonly validity: Validity }>(
  table: ReadonlyMap<PrincipalId, readonly T[]>,
  id: PrincipalId,
  eventTime: string,
): T | undefined {
  return table.get(id)?.find((item) => covers(item.validity, eventTime));
}

function readAliases(bindings: readonly Binding[]): Aliases {
  const byAlias = new Map<PrincipalId, Alias[]>();
  const ids = new Set<string>();
  for (const binding of bindings) {
    if (ids.has(binding.id))
      throw invalid(`The binding id "${binding.id}" is used twice.`, 'Give each its own id.');
    ids.add(binding.id);
    const alias = identifier(binding.alias, `alias of binding "${binding.id}"`);
    const target = identifier(binding.principal, `principal of binding "${binding.id}"`);
    push(byAlias, alias.id, { bindingId: binding.id, target, validity: validityOf(binding) });
  }
  for (const [alias, list] of byAlias) {
    list.sort((a, b) => compare(a.validity.from, b.validity.from) || compare(a.bindingId, b.bindingId));
    refuseConflicts(alias, list);
  }
  for (const list of byAlias.values())
    for (const item of list) follow(byAlias, item.target, item.validity, [item]);
  return byAlias;
}

function refuseConflicts(alias: PrincipalId, list: readonly Alias[]): void {
  for (const [index, item] of list.entries()) {
    for (let other = index + 1; other < list.length; other += 1) {
      const later = list[other];
      if (later === undefined || later.validity.from >= item.validity.until) break;
      if (later.target.id === item.target.id) continue;
      throw invalid(
        `Bindings "${item.bindingId}" and "${later.bindingId}" give ${alias} two principals at one time: ` +
          `${item.target.id} and ${later.target.id}.`,
        'End one with `until` where the other starts, or remove one.',
      );
    }
  }
}

interface Destination {
  readonly identity: Identity;
  readonly validity: Validity;
}

/** Where an identity leads in each part of a range of time. */
function follow(aliases: Aliases, start: Identity, range: Validity, path: readonly Alias[]): Destination[] {
  const found: Destination[] = [];
  let from = range.from;
  for (const next of aliases.get(start.id) ?? []) {
    const part = overlap(next.validity, { from, until: range.until });
    if (part === undefined) continue;
    if (path.includes(next)) throw circular(path.slice(path.indexOf(next)));
    if (from < part.from) found.push({ identity: start, validity: { from, until: part.from } });
    found.push(...follow(aliases, next.target, part, [...path, next]));
    from = part.until;
  }
  if (from < range.until) found.push({ identity: start, validity: { from, until: range.until } });
  return found;
}

function circular(path: readonly Alias[]): JobtrailError {
  const ids = path.map((step) => `"${step.bindingId}"`).join(', ');
  return invalid(`Bindings lead in a circle: ${ids}.`, 'Choose the one principal that the others stand for.');
}

/** An agent stays one under every identifier bound to it, so it is looked up by where its own bindings lead. */
function readOwners(agents: readonly Agent[], aliases: Aliases): Owners {
  const owners = new Map<PrincipalId, Ownership[]>();
  for (const agent of agents) {
    const declared = identifier(agent.principal, `agent "${agent.principal}"`);
    const owner = identifier(agent.owner, `owner of agent "${agent.principal}"`).id;
    const { lane } = agent;
    for (const { identity, validity } of follow(aliases, declared, ALWAYS, [])) {
      const known = owners.get(identity.id)?.find((other) => overlap(other.validity, validity) !== undefined);
      if (known !== undefined && known.owner !== owner) {
        throw invalid(
          `The agent ${identity.id} has two owners at one time: ${known.owner} and ${owner}.`,
          'Name the one who answers for it.',
        );
      }
      if (known !== undefined && known.lane !== lane) {
        throw invalid(
          `The agent ${identity.id} has two lanes at one time: ${known.lane ?? 'none'} and ${lane ?? 'none'}.`,
          'Name the one that it is to keep to.',
        );
      }
      push(owners, identity.id, { owner, lane, validity });
      if (identity.kind !== 'agent') push(owners, ofKind('agent', identity).id, { owner, lane, validity });
    }
  }
  return owners;
}

function validityOf(binding: Binding): Validity {
  const from = instant(binding.from, ALWAYS.from, binding.id);
  const until = instant(binding.until, ALWAYS.until, binding.id);
  if (from < until) return { from, until };
  throw invalid(
    `Binding "${binding.id}" is never valid: it ends before it starts.`,
    'Set `until` after `from`.',
  );
}

function instant(text: string | undefined, otherwise: string, bindingId: string): string {
  const parsed = text === undefined ? otherwise : toInstant(text);
  if (parsed !== undefined) return parsed;
  throw invalid(
    `Binding "${bindingId}" has a time that is none: ${text}.`,
    'Write it like 2026-01-01T00:00:00Z.',
  );
}

function identifier(text: string, what: string): Identity {
  const parsed = parseIdentifier(text);
  if (parsed !== undefined) return parsed;
  throw invalid(
    `The ${what} is no known identifier: ${JSON.stringify(text)}.`,
    'docs/identity.md lists the grammars.',
  );
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const invalid = (message: string, hint: string): JobtrailError =>
  new JobtrailError('config-invalid', message, hint);
