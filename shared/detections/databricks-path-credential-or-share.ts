import type { Severity } from '../../schemas/alerting.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import type { DeclaredFacts } from './declared-facts.ts';
import { byDeployer } from './deployers.ts';
import { defineDetection } from './detection.ts';
import { evidence, textOf } from './evidence.ts';
import { whoOf } from './kinds.ts';
import { verdictOf } from './verdict.ts';

export const databricksPathCredentialOrShare = defineDetection({
  id: 'databricks-path-credential-or-share',
  number: 'X05',
  version: 1,
  title: 'Data leaves by external path, mount or share',
  severity: 'medium',
  why: 'A credential for a path, a connection, a mount or a recipient opens data to whoever holds it, past the tables and their grants.',
  runbook: [
    'Look what was opened: `path` or `resource`, by `method`, and for which `operation`.',
    'Ask the owner of `principal` what it is for; declare the path in `externalLocations` if it is known.',
    'Delete the credential, mount or recipient; rotate the tokens of a recipient that anybody could have used.',
  ],
  evidence: [
    'method',
    'path',
    'resource',
    'operation',
    'ipAccessList',
    'tokenLifetime',
    'principal',
    'callerIp',
  ],
  maps: { attack: ['T1537', 'T1567'], soc2: ['CC6.7'], iso27001: ['A.8.12', 'A.5.14'] },
  peers: [
    'Panther databricks_data_movement_explicit_credentials',
    'Panther databricks_data_movement_mount_point_creation',
    'Panther databricks_delta_sharing_recipient_without_ip_acls',
  ],
  gaps: [
    'Paths are not judged without `externalLocations` in the configuration.',
    'Downloads and exports are counted where there is memory; a single one is everyday work.',
    'Whether a share went to a recipient that is new is not in its entry.',
  ],
  sources: ['databricks'],
  on: ['credential.mint', 'credential.create', 'policy.change', 'data.share'],
  decide: ({ event, declared }) => {
    const verdict = verdictOf(event);
    if (event.source !== 'databricks' || verdict === undefined) return [];
    const opened = openedBy(event, declared);
    if (opened === undefined) return [];
    const { actor, claims, resource, method } = event;
    return [
      {
        key: `${actor?.id ?? '-'} ${opened.path ?? resource ?? method}`,
        severity: opened.severity,
        verdict,
        summary: `${whoOf(event)} ${opened.what}.`,
        evidence: evidence(
          ['method', method],
          ['path', opened.path],
          ['resource', opened.path === undefined ? resource : undefined],
          ['operation', textOf(claims, 'operation')],
          ['ipAccessList', textOf(claims, 'ipAccessList')],
          ['tokenLifetime', textOf(claims, 'tokenLifetime')],
          ['principal', actor?.id],
          ['callerIp', textOf(claims, 'callerIp')],
        ),
      },
    ];
  },
});

interface Opened {
  readonly what: string;
  readonly severity: Severity;
  readonly path?: string | undefined;
}

const CATALOG = 'unityCatalog/';
/** Made once and by hand, or by CI. */
const CHANGES: ReadonlyMap<string, string> = new Map([
  ['unityCatalog.createStorageCredential', 'made a credential for storage'],
  ['unityCatalog.updateStorageCredential', 'changed a credential for storage'],
  ['unityCatalog.createCredential', 'made a credential for a service'],
  ['unityCatalog.updateCredential', 'changed a credential for a service'],
  ['unityCatalog.createConnection', 'made a connection to another system'],
  ['unityCatalog.updateConnection', 'changed a connection to another system'],
]);

function openedBy(event: TrailEvent, declared: DeclaredFacts): Opened | undefined {
  const { method, claims, resource = '' } = event;
  const isByDeployer = byDeployer(event, declared);
  const change = CHANGES.get(method);
  if (change !== undefined) return isByDeployer ? undefined : { what: change, severity: 'medium' };
  const addresses = textOf(claims, 'ipAccessList');
  switch (method) {
    case 'unityCatalog.generateTemporaryPathCredential': {
      const path = resource.slice(CATALOG.length);
      if (declared.isExternalLocation(path) !== false) return undefined;
      return { what: 'got a credential for a path outside the declared locations', path, severity: 'high' };
    }
    case 'dbfs.mount': {
      const path = textOf(claims, 'mountSource');
      const isKnown = path !== undefined && declared.isExternalLocation(path) === true;
      return isByDeployer || isKnown
        ? undefined
        : { what: 'mounted storage for everybody of the workspace', severity: 'medium', path };
    }
    case 'unityCatalog.createRecipient':
      if (addresses !== undefined && addresses !== '[]') return undefined;
      return { what: 'made a recipient who may come from any address', severity: 'high' };
    case 'unityCatalog.updateRecipient':
      return addresses === '[]'
        ? { what: 'let a recipient come from any address', severity: 'high' }
        : undefined;
    case 'unityCatalog.updateMetastore': {
      const lifetime = textOf(claims, 'tokenLifetime');
      if (lifetime === undefined || isByDeployer) return undefined;
      return lifetime === '0'
        ? { what: 'let the tokens of recipients live for ever', severity: 'high' }
        : { what: 'changed how long the tokens of recipients live', severity: 'medium' };
    }
    default:
      return undefined;
  }
}
