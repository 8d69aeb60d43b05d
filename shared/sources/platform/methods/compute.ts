/**
 * Machines and networks. Compute Engine and Cloud DNS name methods by collection and verb, behind a version
 * (`v1.compute.firewalls.insert`). Sources: https://docs.cloud.google.com/compute/docs/logging/audit-logging,
 * https://docs.cloud.google.com/dns/docs/audit-logging, https://docs.cloud.google.com/compute/docs/troubleshooting/troubleshooting-using-serial-console.
 */
import type { ServiceMethods } from '../../../audit/methods.ts';
import { SERIAL_PORT } from '../../../audit/service.ts';

export type ComputeReader = 'instance' | 'disk' | 'firewall' | 'subnet' | 'serial';

export const COMPUTE_METHODS: readonly ServiceMethods<ComputeReader>[] = [
  {
    services: ['compute.googleapis.com'],
    by: 'collection',
    lines: [
      [
        'instances.insert instances.bulkInsert instances.delete instances.start instances.stop',
        'compute.change',
        'instance',
      ],
      [
        'instances.setMetadata instances.setServiceAccount projects.setCommonInstanceMetadata',
        'compute.change',
        'instance',
      ],
      ['instances.* instanceTemplates.* regionInstanceTemplates.*', 'compute.change', 'instance'],
      [
        'instances.getSerialPortOutput instances.getScreenshot instances.getGuestAttributes',
        'telemetry.read',
      ],
      // What Google does to machines (system events).
      ['ScheduledVMs repair.recreateInstance', 'compute.change', 'instance'],
      ['instanceGroupManagers.* regionInstanceGroupManagers.* instanceGroups.*', 'compute.change'],
      ['autoscalers.* regionAutoscalers.* resourcePolicies.* nodeGroups.* reservations.*', 'compute.change'],
      ['disks.* regionDisks.* images.* snapshots.* machineImages.*', 'compute.change', 'disk'],

      ['firewalls.*', 'network.change', 'firewall'],
      ['firewallPolicies.* networkFirewallPolicies.* regionNetworkFirewallPolicies.*', 'network.change'],
      ['subnetworks.*', 'network.change', 'subnet'],
      [
        'networks.* routes.* routers.* addresses.* globalAddresses.* vpnTunnels.* vpnGateways.*',
        'network.change',
      ],
      [
        'forwardingRules.* globalForwardingRules.* backendServices.* regionBackendServices.* backendBuckets.* urlMaps.* regionUrlMaps.*',
        'network.change',
      ],
      [
        'targetHttpProxies.* targetHttpsProxies.* targetSslProxies.* targetTcpProxies.* securityPolicies.* sslPolicies.* sslCertificates.*',
        'network.change',
      ],
      [
        'serviceAttachments.* networkAttachments.* networkEndpointGroups.* interconnectAttachments.* packetMirrorings.*',
        'network.change',
      ],
      [
        'projects.enableXpnHost projects.disableXpnHost projects.enableXpnResource projects.disableXpnResource',
        'network.change',
      ],
      ['projects.*', 'org.change'],
      ['zoneOperations.delete regionOperations.delete globalOperations.delete', 'operation.delete'],
      ['zoneOperations.wait regionOperations.wait globalOperations.wait', 'metadata.read'],
    ],
  },
  {
    services: [SERIAL_PORT],
    by: 'rpc',
    lines: [['connect disconnect', 'exec.interactive', 'serial']],
  },
  {
    services: ['dns.googleapis.com'],
    by: 'collection',
    lines: [
      ['managedZones.* changes.* resourceRecordSets.*', 'network.change'],
      ['policies.* responsePolicies.* responsePolicyRules.*', 'network.change'],
    ],
  },
];
