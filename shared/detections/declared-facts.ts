/** The configuration in force at an event's time, prepared for look-ups. Each answers in constant time, or by longest prefix. */
import type { Credential, CrossEnvironment, DatasetLabel, Lane } from '../../schemas/declared.ts';
import type { DeclaredCorroboration } from '../corroboration/declared.ts';
import type { PrincipalId } from '../model/principal.ts';

export interface DeclaredFacts {
  /** Digest of the bundle. */
  readonly digest: string;
  /** What must be told by more than one record, and what is too much. */
  readonly corroboration: DeclaredCorroboration;
  /** Environment of a project id or number. */
  environmentOf(project: string | undefined): string | undefined;
  /** Environment an identity belongs to: declared, or that of the project whose service account it is. Never of people. */
  environmentOfPrincipal(id: PrincipalId): string | undefined;
  /** What a lane allows; undefined where nobody declares it. */
  lane(name: string): Lane | undefined;
  /** Whether an identity is declared an agent, whatever it is recorded as. */
  isAgent(id: PrincipalId): boolean;
  /** Name of the lane that the configuration gives an agent. */
  laneOf(id: PrincipalId): string | undefined;
  isDeployer(id: PrincipalId): boolean;
  /** Whether it is declared at all who changes policies: then a change by others is outside of CI. */
  readonly hasDeployers: boolean;
  groupsOf(id: PrincipalId): readonly string[];
  /** Undefined where no account is declared for the environment. No id stands for an account that nobody chose. */
  isRuntimeAccount(environment: string | undefined, id: PrincipalId | undefined): boolean | undefined;
  /** An account that is declared to run jobs in any environment. */
  isAnyRuntimeAccount(id: PrincipalId): boolean;
  /** True for each declared edge of delegation; undefined where none is declared. */
  isDelegation(from: PrincipalId, to: PrincipalId): boolean | undefined;
  /** Label of the longest match. */
  datasetLabel(dataset: string): DatasetLabel | undefined;
  /** Projects of the environments and of the organisation. Undefined where nothing is declared. */
  isOwnProject(project: string): boolean | undefined;
  /** A bucket of the organisation, a declared dataset or sink. Undefined where nothing is declared. */
  isOwnBucket(bucket: string): boolean | undefined;
  /** `organizations/N` or `folders/N`. Undefined where no id is declared. */
  isOwnContainer(container: string): boolean | undefined;
  /** A member of an IAM policy that is none of the organisation's: its domains, projects, ids. Undefined: not known. */
  isExternalMember(member: string): boolean | undefined;
  /** Undefined where no origin is declared. */
  isTrustedCode(uri: string): boolean | undefined;
  /** Undefined where no egress is declared, or the text is no address. */
  isEgressAddress(address: string): boolean | undefined;
  isEgressNetwork(network: string): boolean | undefined;
  /** Whether every address of a CIDR range is one of the egress. Undefined as for an address. */
  isEgressRange(range: string): boolean | undefined;
  /** Whether addresses of the egress are declared: then a call that has none did not come from there. */
  readonly hasEgress: boolean;
  isWorkerAddress(address: string): boolean | undefined;
  credential(id: string): Credential | undefined;
  crossEnvironment(
    id: PrincipalId,
    from: string,
    to: string,
    action: string,
    resource: string,
    time: string,
  ): CrossEnvironment | undefined;
  isProtectedService(service: string): boolean;
  /** A namespace of the mesh with a protected service. Undefined where none is declared. */
  isProtectedNamespace(namespace: string): boolean | undefined;
  /** A topic, subscription or bucket that log entries pass. Undefined where none is declared. */
  isOnExportPath(resource: string): boolean | undefined;
  /** Whether any is declared. */
  readonly hasExportPath: boolean;
  /** Whether a topic that log entries pass may be in this project. Undefined where none is declared. */
  holdsExportTopic(project: string): boolean | undefined;
  /** A project whose logs of mesh and gateway count as evidence. */
  isMeshProject(project: string): boolean;
  /** Whether there is any such project. */
  readonly hasMeshProjects: boolean;
  /** Whoever is declared to publish to topics of the export path, or to write logs of mesh and gateway. */
  isEvidenceWriter(id: PrincipalId): boolean;
  /** By whole segments of the path. Undefined where no location is declared. */
  isExternalLocation(url: string): boolean | undefined;
  /** An exemption in force at `time` for this rule; it is cited in the finding that it keeps quiet. */
  exemption(
    rule: string,
    of: {
      readonly principals: readonly string[];
      readonly resource: string | undefined;
      readonly environment: string | undefined;
      readonly time: string;
    },
  ): string | undefined;
}
