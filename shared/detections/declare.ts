/** Configuration → the look-ups of DeclaredFacts. Pure; built once for each bundle. */
import type { Agent } from '../../schemas/config.ts';
import type { CrossEnvironment, Declared, Exemption } from '../../schemas/declared.ts';
import { declaredCorroboration } from '../corroboration/declared.ts';
import { JobtrailError } from '../errors.ts';
import { ofKind } from '../identity/grammar/canonical.ts';
import { parseIdentifier } from '../identity/grammar/identifier.ts';
import type { PrincipalId } from '../model/principal.ts';
import { addressSet, containsRange, type AddressSet } from './addresses.ts';
import { firstPart } from './dataset-place.ts';
import type { DeclaredFacts } from './declared-facts.ts';
import { isExternal } from './members.ts';
import { anyPath, anyPattern, longestMatch, mayMatchBelow, type Matches } from './patterns.ts';

export interface Declarations {
  readonly digest: string;
  readonly declared: Declared;
  readonly agents: readonly Agent[];
  readonly environmentOf: ReadonlyMap<string, string>;
  readonly meshProjects: ReadonlySet<string>;
}

/** @throws JobtrailError `config-invalid` naming every identifier that is in no grammar of docs/identity.md. */
export function declaredFacts(declarations: Declarations): DeclaredFacts {
  const { digest, declared, agents, environmentOf, meshProjects } = declarations;
  const wrong = new Set<string>();
  const ids = (text: string, where: string): readonly PrincipalId[] => {
    const parsed = parseIdentifier(text);
    if (parsed === undefined) {
      wrong.add(`${where}: ${JSON.stringify(text)} is no known identifier`);
      return [];
    }
    // Whoever is declared an agent is recorded as one, under the same name.
    return [parsed.id, ofKind('agent', parsed).id];
  };
  const setOf = (texts: readonly string[], where: string): ReadonlySet<PrincipalId> =>
    new Set(texts.flatMap((text) => ids(text, where)));

  const groups = groupsOf(declared.groups, ids);
  const identities = invert(declared.identities, 'identities', ids);
  const runtime = new Map(
    Object.entries(declared.runtimeAccounts).map(([environment, accounts]) => [
      environment,
      setOf(accounts, `runtimeAccounts.${environment}`),
    ]),
  );
  const anyRuntime = new Set([...runtime.values()].flatMap((accounts) => [...accounts]));
  const deployers = setOf(declared.deployers, 'deployers');
  const evidenceWriters = setOf(declared.evidenceWriters, 'evidenceWriters');
  const agentIds = setOf(
    agents.map((agent) => agent.principal),
    'agents.principal',
  );
  const lanes = new Map(Object.entries(declared.lanes));
  const agentLanes = new Map(
    agents.flatMap(({ principal, lane }) =>
      lane === undefined ? [] : ids(principal, 'agents.principal').map((id) => [id, lane] as const),
    ),
  );
  for (const { lane, principal } of agents) {
    if (lane !== undefined && lanes.size > 0 && !lanes.has(lane))
      wrong.add(`agents: the lane ${lane} of ${principal} is not among lanes`);
  }
  const delegations = new Set(
    declared.delegations.flatMap(([from, to]) =>
      ids(from, 'delegations').flatMap((a) => ids(to, 'delegations').map((b) => `${a}\n${b}`)),
    ),
  );
  const credentials = new Map(declared.credentials.map((credential) => [credential.id, credential]));
  const labels = longestMatch(declared.datasets.map((label) => [label.match, label] as const));
  const { organisation } = declared;
  const projects = new Set([...environmentOf.keys(), ...organisation.projects]);
  const buckets = bucketsOf(declared);
  const egress = addressSet(declared.egress.addresses);
  const workers = addressSet(declared.workers);
  const crossings = declared.crossEnvironment.map((one) => prepareCrossing(one, setOf));
  const exemptions = declared.exemptions.map((one) => prepareExemption(one, setOf));
  const trusted = anyPattern(declared.trustedCode);
  const locations = anyPath(declared.externalLocations);
  const services = anyPattern(declared.protectedServices);
  const exportPath = anyPattern(declared.exportPath);
  const corroboration = declaredCorroboration(declared.corroboration, setOf);
  if (wrong.size > 0) {
    throw new JobtrailError(
      'config-invalid',
      `The configuration names what is not there or no identifier:\n  ${[...wrong].join('\n  ')}`,
      'docs/identity.md lists the grammars.',
    );
  }

  return {
    digest,
    corroboration,
    environmentOf: (project) => (project === undefined ? undefined : environmentOf.get(project)),
    environmentOfPrincipal: (id) => identities.get(id) ?? environmentOf.get(projectOfAccount(id) ?? ''),
    lane: (name) => lanes.get(name),
    isAgent: (id) => agentIds.has(id),
    laneOf: (id) => agentLanes.get(id),
    isDeployer: (id) => deployers.has(id),
    hasDeployers: deployers.size > 0,
    groupsOf: (id) => groups.get(id) ?? [],
    isRuntimeAccount: (environment, id) =>
      environment === undefined ? undefined : hasAccount(runtime.get(environment), id),
    isAnyRuntimeAccount: (id) => anyRuntime.has(id),
    isDelegation: (from, to) => (delegations.size === 0 ? undefined : delegations.has(`${from}\n${to}`)),
    datasetLabel: (dataset) => labels(dataset),
    isOwnProject: (project) => (projects.size === 0 ? undefined : projects.has(project)),
    isOwnBucket: (bucket) => buckets?.(bucket),
    isOwnContainer: (container) =>
      organisation.ids.length === 0
        ? undefined
        : organisation.ids.some((id) => container === id || container.endsWith(`/${id}`)),
    isExternalMember: (member) => isExternal(member, projects, organisation),
    isTrustedCode: (uri) => (declared.trustedCode.length === 0 ? undefined : trusted(uri)),
    isEgressAddress: (address) => within(egress, address),
    isEgressNetwork: (network) =>
      declared.egress.networks.length === 0 ? undefined : declared.egress.networks.includes(network),
    isEgressRange: (range) =>
      egress === undefined ? undefined : containsRange(declared.egress.addresses, range),
    hasEgress: egress !== undefined,
    isWorkerAddress: (address) => within(workers, address),
    credential: (id) => credentials.get(id),
    crossEnvironment: (id, from, to, action, resource, time) =>
      crossings.find((one) => one.allows(id, from, to, action, resource, time))?.declared,
    isProtectedService: (service) => services(service),
    isProtectedNamespace: (namespace) =>
      declared.protectedServices.length === 0
        ? undefined
        : declared.protectedServices.some((service) => covers(service, namespace)),
    isOnExportPath: (resource) => (declared.exportPath.length === 0 ? undefined : exportPath(resource)),
    hasExportPath: declared.exportPath.length > 0,
    holdsExportTopic: (project) =>
      declared.exportPath.length === 0
        ? undefined
        : mayMatchBelow(declared.exportPath, `projects/${project}/topics/`),
    isMeshProject: (project) => meshProjects.has(project),
    hasMeshProjects: meshProjects.size > 0,
    isEvidenceWriter: (id) => evidenceWriters.has(id),
    isExternalLocation: (url) => (declared.externalLocations.length === 0 ? undefined : locations(url)),
    exemption: (rule, of) => exemptions.find((one) => one.excuses(rule, of))?.declared.id,
  };
}

type Ids = (text: string, where: string) => readonly PrincipalId[];
type SetOf = (texts: readonly string[], where: string) => ReadonlySet<PrincipalId>;

function groupsOf(declared: Declared['groups'], ids: Ids): ReadonlyMap<PrincipalId, readonly string[]> {
  const groups = new Map<PrincipalId, string[]>();
  for (const [group, members] of Object.entries(declared)) {
    for (const id of members.flatMap((member) => ids(member, `groups.${group}`))) {
      const list = groups.get(id);
      if (list === undefined) groups.set(id, [group]);
      else if (!list.includes(group)) list.push(group);
    }
  }
  return groups;
}

function invert(
  lists: Readonly<Record<string, readonly string[]>>,
  where: string,
  ids: Ids,
): ReadonlyMap<PrincipalId, string> {
  const names = new Map<PrincipalId, string>();
  for (const [name, texts] of Object.entries(lists)) {
    for (const id of texts.flatMap((text) => ids(text, `${where}.${name}`))) names.set(id, name);
  }
  return names;
}

const ACCOUNT_SUFFIX = '.iam.gserviceaccount.com';

/** `service-account:google:NAME@PROJECT.iam.gserviceaccount.com` → PROJECT; service agents are Google's, not the project's. */
function projectOfAccount(id: PrincipalId): string | undefined {
  if (!id.endsWith(ACCOUNT_SUFFIX)) return undefined;
  return id.slice(id.lastIndexOf('@') + 1, -ACCOUNT_SUFFIX.length);
}

/** `namespace/service`, `namespace/*`, `name*`: whether it names a service of the namespace. */
function covers(service: string, namespace: string): boolean {
  const slash = service.indexOf('/');
  return slash < 0
    ? service.endsWith('*') && namespace.startsWith(service.slice(0, -1))
    : service.slice(0, slash) === namespace;
}

/** Buckets named as such, of declared datasets, and of sinks. */
function bucketsOf(declared: Declared): Matches | undefined {
  const uris = [...declared.datasets.map((label) => label.match), ...declared.sinks];
  const named = uris.flatMap((uri) =>
    uri.startsWith('gs://') ? [firstPart(uri.slice('gs://'.length), '/')] : [],
  );
  const all = [...declared.organisation.buckets, ...named];
  return all.length === 0 ? undefined : anyPattern(all);
}

const hasAccount = (
  accounts: ReadonlySet<PrincipalId> | undefined,
  id: PrincipalId | undefined,
): boolean | undefined => (accounts === undefined ? undefined : id !== undefined && accounts.has(id));

function within(set: AddressSet | undefined, address: string): boolean | undefined {
  return set?.(address);
}

function prepareCrossing(declared: CrossEnvironment, setOf: SetOf) {
  const who =
    declared.principal === undefined
      ? undefined
      : setOf([declared.principal], `crossEnvironment.${declared.id}`);
  const actions = anyPattern(declared.actions);
  const resources = anyPattern(declared.resources);
  return {
    declared,
    allows: (
      id: PrincipalId,
      from: string,
      to: string,
      action: string,
      resource: string,
      time: string,
    ): boolean =>
      declared.from === from &&
      declared.to === to &&
      isBefore(time, declared.until) &&
      (who === undefined || who.has(id)) &&
      actions(action) &&
      resources(resource),
  };
}

function prepareExemption(declared: Exemption, setOf: SetOf) {
  const who: ReadonlySet<string> | undefined =
    declared.principals === undefined ? undefined : setOf(declared.principals, `exemptions.${declared.id}`);
  const resources = declared.resources === undefined ? undefined : anyPattern(declared.resources);
  return {
    declared,
    excuses: (rule: string, of: Parameters<DeclaredFacts['exemption']>[1]): boolean =>
      declared.rules.includes(rule) &&
      isBefore(of.time, declared.until) &&
      (who === undefined || of.principals.some((id) => who.has(id))) &&
      (resources === undefined || (of.resource !== undefined && resources(of.resource))) &&
      (declared.environments === undefined ||
        (of.environment !== undefined && declared.environments.includes(of.environment))),
  };
}

/** The configuration's times have offsets, the event's has nine digits and `Z`. */
const isBefore = (time: string, until: string): boolean => Date.parse(time) < Date.parse(until);
