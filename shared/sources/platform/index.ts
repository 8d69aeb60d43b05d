/**
 * The rest of the platform that stands around data jobs: machines and networks, ways in, secrets and keys, the
 * organisation and its rules, code on its way into service, sign-ins. A table for each area under methods/, a reader of
 * what requests say beside it. IAM policies of all these services are the iam source's. Formats: docs/sources/platform.md.
 */
import { changesIamPolicy } from '../../audit/service.ts';
import { methodTable } from '../../audit/methods.ts';
import { auditSource } from '../../audit/source.ts';
import { readKey, readOsLogin, readSecret, readTunnel } from './access.ts';
import { readDisk, readFirewall, readInstance, readSerial, readSubnet } from './compute.ts';
import { ACCESS_METHODS } from './methods/access.ts';
import { COMPUTE_METHODS } from './methods/compute.ts';
import { ORGANISATION_METHODS } from './methods/organisation.ts';
import { SOFTWARE_METHODS } from './methods/software.ts';
import { WORKSPACE_METHODS } from './methods/workspace.ts';
import { readConstraint, readContainer, readPerimeter, readService } from './organisation.ts';
import {
  readArtifact,
  readBuild,
  readFunction,
  readRun,
  readSchedule,
  readTrigger,
  readWorkflow,
} from './software.ts';
import { readAdmin, readLogin } from './workspace.ts';

const TABLES = [
  ...COMPUTE_METHODS,
  ...ACCESS_METHODS,
  ...ORGANISATION_METHODS,
  ...SOFTWARE_METHODS,
  ...WORKSPACE_METHODS,
];
const SERVICES = methodTable(TABLES);

/** Storage and databases encrypt with a customer's key at every object and page. */
const ROUTINE_KEY_USE = /(?:^|\.)(?:Raw)?(?:Encrypt|Decrypt)$/;

export const platform = auditSource({
  name: 'platform',
  version: 1,
  tables: TABLES,
  owns: (service, methodName) => SERVICES.has(service) && !changesIamPolicy(methodName),
  readers: {
    instance: readInstance,
    disk: readDisk,
    firewall: readFirewall,
    subnet: readSubnet,
    serial: readSerial,
    tunnel: readTunnel,
    oslogin: readOsLogin,
    secret: readSecret,
    key: readKey,
    container: readContainer,
    constraint: readConstraint,
    service: readService,
    perimeter: readPerimeter,
    run: readRun,
    function: readFunction,
    build: readBuild,
    artifact: readArtifact,
    schedule: readSchedule,
    workflow: readWorkflow,
    trigger: readTrigger,
    login: readLogin,
    admin: readAdmin,
  },
  leavesOut: ({ draft, method }) =>
    draft.action === 'key.use' && draft.outcome === 'allowed' && ROUTINE_KEY_USE.test(method)
      ? 'platform-key-use'
      : undefined,
});
