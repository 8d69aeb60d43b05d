import { describe, expect, it } from 'vitest';
import { AuditLog, LogEntry } from '../../schemas/log-entry.ts';
import { auditEvent, finished } from '../../shared/audit/event.ts';
import { changesIamPolicy, serviceOf } from '../../shared/audit/service.ts';
import type { AuditEventDraft } from '../../shared/model/event.ts';

function eventOf(payload: Record<string, unknown>, entry: Record<string, unknown> = {}): AuditEventDraft {
  const log = { logName: 'projects/p/logs/cloudaudit.googleapis.com%2Factivity', ...entry };
  const parsed = LogEntry.parse({ ...log, protoPayload: payload });
  return finished(auditEvent(parsed, AuditLog.parse(payload), 'm', 'deploy'));
}

describe('what every audit entry tells', () => {
  it('is the provider’s word under the name of an audit log only', () => {
    expect(eventOf({}).provenance).toBe('provider');
    expect(eventOf({}, { logName: 'projects/p/logs/mine' }).provenance).toBe('tenant');
    expect(eventOf({}, { logName: undefined }).provenance).toBe('tenant');
  });

  it('places it by id before number, and by no wildcard', () => {
    expect(eventOf({ resourceName: 'projects/123/x' }, { logName: 'projects/shop/logs/x' }).project).toBe(
      'shop',
    );
    expect(
      eventOf({ resourceName: 'projects/-/serviceAccounts/1' }, { logName: undefined }),
    ).not.toHaveProperty('project');
    expect(eventOf({ resourceName: 'projects/123/x' }, { logName: undefined }).project).toBe('123');
    const organisation = eventOf(
      {},
      { logName: 'organizations/9/logs/cloudaudit.googleapis.com%2Factivity' },
    );
    expect(organisation).not.toHaveProperty('project');
    expect(organisation.claims).toEqual({ logContainer: 'organizations/9' });
  });

  it('names the permission that was missing, not the first that was checked', () => {
    const authorizationInfo = [{ permission: 'a', granted: true }, { permission: 'b' }, 'no object', {}];
    expect(eventOf({ authorizationInfo }).claims?.['permission']).toBe('b');
    expect(eventOf({ authorizationInfo: [authorizationInfo[0]] }).claims?.['permission']).toBe('a');
    expect(eventOf({ authorizationInfo: [{ permission: 'm', granted: true }] })).not.toHaveProperty('claims');
  });

  it('tells which rule of the organisation refused', () => {
    const policyViolationInfo = {
      orgPolicyViolationInfo: { violationInfo: [{ constraint: 'constraints/x' }] },
    };
    expect(eventOf({ policyViolationInfo }).claims?.['violatedConstraint']).toBe('constraints/x');
    const metadata = {
      violationReason: 'NO_MATCHING_ACCESS_LEVEL',
      vpcServiceControlsUniqueId: 'u',
      dryRun: true,
    };
    expect(eventOf({ metadata }).claims).toEqual({
      perimeterViolation: 'NO_MATCHING_ACCESS_LEVEL',
      perimeterViolationId: 'u',
      perimeterDryRun: true,
    });
  });
});

describe('the service of an entry', () => {
  const of = (entry: Record<string, unknown>): string | undefined => serviceOf(LogEntry.parse(entry));

  it.each([
    [{ protoPayload: { serviceName: 'a' }, operation: { producer: 'b' } }, 'a'],
    [
      { protoPayload: { methodName: 'ScheduledVMs' }, operation: { producer: 'compute.googleapis.com' } },
      'compute.googleapis.com',
    ],
    [{ protoPayload: {}, resource: { type: 'audited_resource', labels: { service: 'c' } } }, 'c'],
    [{ protoPayload: { methodName: 'google.identity.sts.v1.X.ExchangeToken' } }, 'sts.googleapis.com'],
    [{ protoPayload: {}, resource: { type: 'k8s_cluster' } }, 'k8s.io'],
    [
      { protoPayload: { serviceName: 'us-central1-ssh-serialport.googleapis.com' } },
      'ssh-serialport.googleapis.com',
    ],
    [{ protoPayload: {} }, undefined],
    [{ jsonPayload: {}, resource: { type: 'k8s_cluster' } }, undefined],
  ])('of %j is %s', (entry, service) => {
    expect(of(entry)).toBe(service);
  });
});

describe('a change of an IAM policy', () => {
  it.each(['SetIamPolicy', 'google.iam.admin.v1.SetIAMPolicy', 'v1.compute.disks.setIamPolicy'])(
    'is %s',
    (name) => {
      expect(changesIamPolicy(name)).toBe(true);
    },
  );

  it.each([undefined, '', 'GetIamPolicy', 'SetIamPolicies', 'SetOrgPolicy', 'SetIamPolicy.x'])(
    'is not %s',
    (name) => {
      expect(changesIamPolicy(name)).toBe(false);
    },
  );
});
