/**
 * Projects and folders, what they may use, and the rules above them. Sources: google/cloud/resourcemanager/v3,
 * google/cloud/orgpolicy/v2/orgpolicy.proto, google/api/serviceusage/v1/serviceusage.proto,
 * google/identity/accesscontextmanager/v1/access_context_manager.proto, https://docs.cloud.google.com/resource-manager/docs/audit-logging.
 */
import type { ServiceMethods } from '../../../audit/methods.ts';

export type OrganisationReader = 'container' | 'constraint' | 'service' | 'perimeter';

export const ORGANISATION_METHODS: readonly ServiceMethods<OrganisationReader>[] = [
  {
    services: ['cloudresourcemanager.googleapis.com'],
    by: 'rpc',
    lines: [
      ['CreateProject UpdateProject MoveProject DeleteProject UndeleteProject', 'org.change', 'container'],
      ['CreateFolder UpdateFolder MoveFolder DeleteFolder UndeleteFolder', 'org.change', 'container'],
      ['UpdateOrganization', 'org.change', 'container'],
      ['SetOrgPolicy ClearOrgPolicy', 'policy.change', 'constraint'],
      ['CreateLien DeleteLien', 'policy.change', 'container'],
      // Conditions of IAM and of organisation policies ask for tags.
      [
        'CreateTagKey UpdateTagKey DeleteTagKey CreateTagValue UpdateTagValue DeleteTagValue',
        'policy.change',
      ],
      ['CreateTagBinding DeleteTagBinding CreateTagHold DeleteTagHold', 'policy.change'],
    ],
  },
  {
    services: ['orgpolicy.googleapis.com'],
    by: 'rpc',
    lines: [
      ['CreatePolicy UpdatePolicy DeletePolicy', 'policy.change', 'constraint'],
      ['CreateCustomConstraint UpdateCustomConstraint DeleteCustomConstraint', 'policy.change', 'constraint'],
    ],
  },
  {
    services: ['serviceusage.googleapis.com', 'servicemanagement.googleapis.com'],
    by: 'rpc',
    lines: [
      ['EnableService DisableService BatchEnableServices', 'org.change', 'service'],
      ['ActivateServices DeactivateServices', 'org.change', 'service'],
    ],
  },
  {
    services: ['cloudbilling.googleapis.com'],
    by: 'rpc',
    lines: [['AssignResourceToBillingAccount UpdateProjectBillingInfo DisableResourceBilling', 'org.change']],
  },
  {
    services: ['accesscontextmanager.googleapis.com'],
    by: 'rpc',
    lines: [
      [
        'CreateServicePerimeter UpdateServicePerimeter DeleteServicePerimeter ReplaceServicePerimeters CommitServicePerimeters',
        'network.change',
        'perimeter',
      ],
      [
        'CreateAccessLevel UpdateAccessLevel DeleteAccessLevel ReplaceAccessLevels',
        'policy.change',
        'perimeter',
      ],
      ['CreateAccessPolicy UpdateAccessPolicy DeleteAccessPolicy', 'policy.change', 'perimeter'],
      ['CreateGcpUserAccessBinding UpdateGcpUserAccessBinding DeleteGcpUserAccessBinding', 'policy.change'],
    ],
  },
];
