/** Evidence of mesh and gateway: which request came through, as whom, and what refused it. */
import { evidenceRows } from './row.ts';

export const TRAFFIC = evidenceRows(`
  request on a job route, with its answer | U01 U02 L02 L03 L09 | kong | POST | api.call | Actor CallKey Status Outcome claims.route
  401 and 403, told by whom | U01 U02 | kong | POST | api.call | CallKey Status claims.deniedBy
  consumer, custom id, credential | U02 U06 U08 | kong | POST | api.call | Actor ActorProof claims.consumer claims.customId claims.credential
  subject of the verified token | U08 | kong | POST | api.call | Actor ActorProof CallKey
  request id, trace | L02 L03 U08 | kong | POST | api.call | RequestId Trace
  client certificate verified | U08 | kong | POST | api.call | claims.mtls
  consumer that is an agent, its owner and lane | U11 | kong | POST | api.call | Actor ActorKind ActorOwner ActorLane claims.consumerTags
  records that the gateway threw away | L08 L09 L11 | kong | queue.lua | telemetry.write | Outcome claims.loss claims.plugin
  cluster and route by which a source is known | L08 | kong | POST | api.call | LogName Project claims.cluster
  request to a job API, with both ends | U08 L02 L03 L09 | istio | POST | api.call | Actor Peer CallKey Outcome RequestId
  403 by a policy, and which one | U01 U02 | istio | POST | api.call | Outcome claims.denial claims.policyName
  workload, namespace and service at both ends | U04 L08 | istio | POST, GET | api.call | claims.reporter claims.cluster claims.sourceWorkload claims.destinationService
  namespace of the source, where no certificate names it | U04 U10 | istio | GET | api.call | claims.sourceNamespace
  no mutual TLS | U10 D02 | istio | GET, TCP | api.call | ActorAbsent claims.mtls
  PassthroughCluster, BlackHoleCluster | U10 | istio | GET, TCP | api.call | claims.upstreamCluster
  where it went, past the mesh | U10 | istio | GET | api.call | claims.host
  response flags | U10 | istio | GET | api.call | claims.responseFlags
  trace | L10 | istio | POST | api.call | Trace
  connection of which the requests are unknown | L02 U10 | istio | TCP | api.call | claims.grade
  change through the Admin API: who, from where, what | D04 L11 D09 | kong | POST, PUT, PATCH, DELETE | policy.change | Actor Resource Status claims.callerIp
  object after its change | D04 D09 | kong | create, update | policy.change | Resource RequestId claims.entityDigest
  versions of gateway policies | D04 D09 | kong | update | policy.change | PolicyVersions.Policy PolicyVersions.ContentDigest
  log plugin changed or removed | L11 | kong | delete | log.change | Resource claims.entityName claims.route
  anonymous consumer set | D04 | kong | PATCH | policy.change | claims.anonymous
  service switched to http or away from verification | D02 | kong | update | policy.change | claims.protocol claims.tlsVerify
  issuer that an authentication plugin believes | D07 | kong | update | policy.change | claims.issuer
  what was taken out of the payload, signature of the record | L11 | kong | POST | credential.create policy.change | claims.removedFromPayload claims.signed
  change through Konnect | D04 | kong | Ingress | policy.change | Actor Outcome Resource
`);
