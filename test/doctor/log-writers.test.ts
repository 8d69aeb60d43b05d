/** Who a member of a policy is, and which of them may write what counts as evidence. */
import { describe, expect, test } from 'vitest';
import { checkLogWriters } from '../../shared/doctor/checks/log-writers.ts';
import type { Line } from '../../shared/doctor/line.ts';
import { type MemberKind, memberKind } from '../../shared/doctor/members.ts';
import { codes, level, refused, rolesWith } from './facts.ts';

describe('members of policies', () => {
  const account = 'iam.gserviceaccount.com';
  const pools = 'iam.googleapis.com/projects/1/locations/global/workloadIdentityPools';
  test.each<[string, MemberKind]>([
    ['user:eve@example.com', 'people'],
    ['group:all@example.com', 'people'],
    ['domain:example.com', 'people'],
    ['principal://iam.googleapis.com/locations/global/workforcePools/w/subject/eve', 'people'],
    ['principalSet://iam.googleapis.com/locations/global/workforcePools/w/group/all', 'people'],
    ['principalSet://goog/group/all@example.com', 'people'],
    ['what is this', 'people'],
    ['allUsers', 'everybody'],
    ['principalSet://goog/public:all', 'everybody'],
    ['serviceAccount:cloud-logs@system.gserviceaccount.com', 'everybody'],
    [`principalSet://${pools}/p/*`, 'pool'],
    ['principalSet://cloudresourcemanager.googleapis.com/projects/1/type/ServiceAccount', 'pool'],
    [`principal://${pools}/p/subject/x`, 'account'],
    ['serviceAccount:p.svc.id.goog[ns/app]', 'account'],
    [`serviceAccount:a@p.${account}`, 'account'],
    ['serviceAccount:1-compute@developer.gserviceaccount.com', 'account'],
    [`serviceAccount:service-1@evil.${account}`, 'account'],
    [`user:a@p.${account}`, 'account'],
    [`serviceAccount:service-1@gcp-sa-pubsub.${account}`, 'google'],
    [`serviceAccount:service-1@container-engine-robot.${account}`, 'google'],
    ['serviceAccount:1@cloudservices.gserviceaccount.com', 'google'],
    [`deleted:serviceAccount:a@p.${account}?uid=1`, 'gone'],
  ])('%s: %s', (member, kind) => {
    expect(memberKind(member)).toBe(kind);
  });
});

describe('log writers', () => {
  const question = {
    project: 'm',
    roles: rolesWith({
      'organizations/1/roles/logs': ['logging.logEntries.route'],
      'organizations/1/roles/x': [],
    }),
    isDeclared: (member: string) => member.startsWith('group:collectors@'),
  };
  const lines = (role: string, ...members: string[]): readonly Line[] =>
    checkLogWriters({ ...question, levels: [level('projects/m', { bindings: [{ role, members }] })] });

  test.each([
    ['roles/logging.logWriter', 'serviceAccount:a@m.iam.gserviceaccount.com', 'ok'],
    ['roles/logging.viewer', 'user:eve@example.com', 'ok'],
    ['roles/logging.logWriter', 'serviceAccount:service-1@gcp-sa-gkenode.iam.gserviceaccount.com', 'ok'],
    ['roles/logging.logWriter', 'deleted:user:eve@example.com?uid=1', 'ok'],
    ['roles/logging.admin', 'group:all@example.com', 'people-write-logs'],
    ['roles/logging.admin', 'group:collectors@example.com', 'ok'],
    ['roles/logging.logWriter', 'allAuthenticatedUsers', 'people-write-logs'],
    ['roles/owner', 'user:eve@example.com', 'people-write-logs'],
    ['roles/editor', 'serviceAccount:a@m.iam.gserviceaccount.com', 'basic-role-writes-logs'],
    ['roles/dataproc.worker', 'serviceAccount:a@m.iam.gserviceaccount.com', 'jobs-write-logs'],
    [
      'roles/logging.logWriter',
      'principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/*',
      'pool-writes-logs',
    ],
    ['organizations/1/roles/logs', 'user:eve@example.com', 'people-write-logs'],
    ['organizations/1/roles/logs', 'serviceAccount:a@m.iam.gserviceaccount.com', 'ok'],
    ['organizations/1/roles/x', 'user:eve@example.com', 'ok'],
  ])('%s of %s is %s', (role, member, code) => {
    expect(codes(lines(role, member))).toEqual([code]);
  });

  test('who may is named where all is well', () => {
    const [line] = lines(
      'roles/logging.logWriter',
      ...Array.from({ length: 12 }, (_, at) => `serviceAccount:a${at}@m.iam.gserviceaccount.com`),
    );
    expect(line?.says).toMatch(
      /^12 accounts may write log entries, and nobody else: serviceAccount:a0@.* and 2 more$/,
    );
  });

  test('a level that could not be asked is named', () => {
    expect(checkLogWriters({ ...question, levels: [{ resource: 'folders/1', asked: refused }] })).toEqual([
      {
        check: 'log-writers',
        code: 'not-permitted',
        about: 'projects/m by folders/1',
        state: 'unasked',
        says: 'could not be checked: needs x',
        mend: 'gcloud ask',
      },
    ]);
  });
});
