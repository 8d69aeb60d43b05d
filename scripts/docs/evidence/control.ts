/** Evidence of the control plane: who changed who may do what, what is logged, and what the mesh enforces. */
import { evidenceRows } from './row.ts';

export const CONTROL = evidenceRows(`
  token minted for an account: permission, chain | U05 U11 | iam | GenerateAccessToken | credential.mint | Actor RunAs claims.permission claims.identityDelegationChain
  blob or token signed | peers | iam | SignBlob, SignJwt | credential.mint | Actor RunAs
  token of a federated identity exchanged | U05 U08 D07 | iam | ExchangeToken | credential.mint | Actor RunAs
  service account made, first use counted from it | U07 | iam | CreateServiceAccount | iam.change | Actor claims.serviceAccount
  key made or uploaded | U06 peers | iam | CreateServiceAccountKey, UploadServiceAccountKey | credential.create | Actor claims.serviceAccount
  roles granted on project, folder, organisation: every delta | D05 D06 D09 L07 peers | iam | SetIamPolicy | iam.change | Actor Resource claims.bindingDeltas claims.bindingsAdded
  roles granted on a service account | D06 D07 | iam | SetIAMPolicy | iam.change | Actor Resource claims.bindingDeltas
  custom role and its permissions | D05 D06 | iam | CreateRole, UpdateRole | iam.change | Actor claims.addedPermissions
  audit configuration reduced, members exempted | L04 | iam | SetIamPolicy | log.change | Actor claims.auditConfigDeltas claims.auditReduced
  pools and providers: issuer, condition, mapping | D07 | iam | UpdateWorkloadIdentityPoolProvider | iam.change | Actor claims.provider claims.attributeCondition
  pools made, deleted and restored | D07 | iam | CreateWorkloadIdentityPool, DeleteWorkloadIdentityPool, UndeleteWorkloadIdentityPool | iam.change | Actor claims.pool
  grant requested, approved, activated, ended | U02 U12 D06 | iam | CreateGrant, ApproveGrant, PAMActivateGrant, PAMEndGrant | grant.request grant.approve grant.activate grant.revoke | claims.grant
  access approved | U02 | iam | ApproveApprovalRequest | grant.approve | Actor Resource
  versions of IAM policies | D09 D05 | iam | SetIamPolicy | iam.change | PolicyVersions.Policy PolicyVersions.Change PolicyVersions.Actor
  sinks: destination, filter, exclusions, disabled | L05 | logging | UpdateSink | log.change | Actor claims.destination claims.exclusionFilters claims.updateMask
  sink switched off, children left out | L05 | logging | UpdateSink | log.change | claims.disabled claims.includeChildren
  sink deleted | L05 | logging | DeleteSink | log.change | Actor claims.sink
  exclusions and their filters | L05 L10 | logging | CreateExclusion | log.change | Actor claims.filter
  exclusion changed | L05 | logging | UpdateExclusion | log.change | Actor claims.exclusion
  sampling filters | L10 | logging | UpdateSink | log.change | claims.sampled
  default sink of new containers switched off | L05 | logging | UpdateSettings | log.change | claims.disableDefaultSink
  retention and restricted fields of a log bucket | L06 | logging | UpdateBucket | log.change | claims.retentionDays claims.restrictedFields
  lock of a log bucket | L06 | logging | UpdateBucketAsync | log.change | claims.locked
  log bucket, view, link or log deleted | L06 | logging | DeleteBucket, DeleteView, DeleteLink, DeleteLog | log.change | Actor
  view changed | L06 | logging | UpdateView | log.change | claims.view claims.filter
  what a sink could not deliver, and why | L06 L07 | logging | sink_error | telemetry.write | Outcome claims.sink claims.errorCode
  topic or subscription deleted | L07 | pubsub | DeleteTopic, DeleteSubscription | data.delete | Actor Resource
  subscription changed: retention, filter, dead-letter topic | L07 | pubsub | UpdateSubscription | schema.change | Actor claims.updateMask claims.retention claims.deadLetterTopic
  subscription made with a filter, in place of another | L07 | pubsub | CreateSubscription | data.share | claims.topic claims.messageFilter
  publisher role taken from a sink | L07 | pubsub | SetIamPolicy | iam.change | claims.bindingDeltas claims.bindingsRemoved
  verbose audit logs | L15 | databricks | workspace.workspaceConfEdit | log.change | claims.settingKeys claims.settingValues
  audit log delivery | L07 L15 | databricks | logDelivery.updateLogDeliveryConfiguration | log.change | Actor claims.deliveryStatus
  audit file deleted | L12 L15 | databricks | OBJECT_DELETE | log.change | Resource claims.auditFileDeleted
  grants of Unity Catalog, of system schemas too | D05 L15 | databricks | unityCatalog.updatePermissions | iam.change | Actor Resource claims.revoked
  permissions of clusters; administrators | D05 peers | databricks | clusters.changeClusterAcl, accounts.setAdmin | iam.change | Actor
  single sign-on | D07 | databricks | ssoConfigBackend.create, ssoConfigBackend.update | policy.change | Actor
  IP access lists | peers | databricks | accounts.createIpAccessList, accounts.updateIpAccessList | network.change | Actor claims.ipAccessList
  authorization policies: action, rules, the whole of it | D01 D09 | kubernetes | authorizationpolicies.create, authorizationpolicies.patch | policy.change | Actor claims.cluster claims.policyAction claims.spec
  versions of mesh policies | D01 D09 | kubernetes | authorizationpolicies.create | policy.change | PolicyVersions.Policy PolicyVersions.ContentDigest
  request authentications: issuers | D01 | kubernetes | requestauthentications.create | policy.change | claims.issuers
  peer authentications: mode, ports | D02 | kubernetes | peerauthentications.patch | policy.change | Actor claims.mtlsMode claims.portModes
  destination rules: TLS of the hop | D02 | kubernetes | destinationrules.create, destinationrules.update | policy.change | claims.hosts claims.tlsMode
  telemetry: access log switched off or filtered | L10 | kubernetes | telemetries.create | log.change | claims.accessLoggingDisabled claims.accessLogFilters
  Envoy filters that touch the access log | L10 D01 | kubernetes | envoyfilters.create | policy.change | claims.touchesAccessLog
  mesh configuration: access log file, trust domain | L10 D07 | kubernetes | configmaps.update | policy.change | claims.name claims.spec
  sidecars, service entries | D01 | kubernetes | sidecars.*, serviceentries.* | policy.change | Actor claims.kind
  sidecar injection, excluded ports and ranges | D03 | kubernetes | pods.create, deployments.create | workload.change | Actor claims.inject
  proxy user, NET_ADMIN | D03 | kubernetes | deployments.create | workload.change | claims.runsAsProxy claims.networkAdmin
  host network | D03 | kubernetes | pods.create | workload.change | claims.hostNetwork
  scheduled workloads | D03 P04 | kubernetes | cronjobs.create | schedule.change | Actor claims.images
  namespace labels | D03 | kubernetes | namespaces.patch | policy.change | Actor claims.injection
  network policies deleted | D03 | kubernetes | networkpolicies.delete | network.change | Actor claims.name
  injector webhook | D03 | kubernetes | mutatingwebhookconfigurations.patch | policy.change | claims.webhooks
  account annotated with a Google identity | D07 | kubernetes | serviceaccounts.patch | iam.change | claims.googleServiceAccount
  exec into a pod | U13 | kubernetes | pods.exec.create | exec.interactive | Actor claims.name
  secrets read, tokens requested, roles bound | peers | kubernetes | secrets.list, serviceaccounts.token.create, clusterrolebindings.create | secret.read credential.mint iam.change | Actor claims.kind
  cluster virtual on Kubernetes | D03 | dataproc | CreateCluster | cluster.create | claims.virtualCluster
  OS Login | U13 | platform | CheckPolicy | login | Actor Outcome claims.instanceId
  tunnel to a machine | U13 | platform | AuthorizeUser | exec.interactive | Actor claims.instanceId
  SSH keys and startup scripts in metadata | U13 P02 | platform | v1.compute.instances.setMetadata | compute.change | Actor claims.metadataKeys
  machines and their addresses | U14 | platform | v1.compute.instances.insert | compute.change | RunAs claims.externalAddress
  secrets read | U14 | platform | AccessSecretVersion | secret.read | Actor claims.secret
  firewall rules: ports, sources, targets | P05 | platform | v1.compute.firewalls.insert | network.change | Actor claims.allowed claims.sourceRanges claims.targetTags
  tag or image moved | P01 | platform | UpdateTag, Docker-PutManifest | artifact.change | Actor claims.repository claims.package
  perimeter or access level changed | X02 peers | platform | UpdateServicePerimeter | network.change | claims.perimeter claims.restrictedServices
  organisation policy | peers | platform | SetOrgPolicy | policy.change | claims.constraint
  project moved | peers | platform | MoveProject | org.change | Actor claims.parent
  service switched on or off (\`mcp.googleapis.com\` too) | U11 peers | platform | EnableService, DisableService | org.change | Actor claims.services
  sign-in to Workspace | U02 | platform | loginSuccess, loginFailure | login | Actor Outcome
`);
