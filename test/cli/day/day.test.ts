import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { companyConfig } from '../../../cli/day/config.ts';
import { generateDay } from '../../../cli/day/day.ts';
import type { Category, DayMessage } from '../../../cli/day/day.ts';
import { SUBSCRIPTIONS } from '../../../cli/day/entry.ts';
import { Config } from '../../../schemas/config.ts';
import { LogEntry } from '../../../schemas/log-entry.ts';
import { JobtrailError } from '../../../shared/errors.ts';
import { DATE, day, entries, files, records } from './told.ts';

const digest = (messages: readonly DayMessage[]): string =>
  createHash('sha256').update(JSON.stringify(messages)).digest('hex');
const counted = (category: Category): number => day.filter((message) => message.category === category).length;
const withMethod = (method: string): typeof entries =>
  entries.filter(({ entry }) => entry.protoPayload?.methodName === method);

describe('the day as a function of date and seed', () => {
  it('is the same bytes for the same seed', () => {
    expect(digest(generateDay({ date: DATE, seed: 7 }))).toBe(digest(day));
  });

  it('is another day for another seed or another date', () => {
    expect(digest(generateDay({ date: DATE, seed: 8 }))).not.toBe(digest(day));
    const other = generateDay({ date: '2025-02-28', seed: 7 });
    expect(other.some(({ data }) => data.includes('2025-02-28T'))).toBe(true);
    expect(other.some(({ data }) => data.includes('2026-11-19T'))).toBe(false);
  });

  it.each(['2026-02-30', '19.11.2026', '2026-11-19T00:00:00Z', ''])('refuses %j as a date', (date) => {
    expect(() => generateDay({ date, seed: 7 })).toThrow(JobtrailError);
  });
});

describe('what is in the day', () => {
  it('has as many messages as a small company makes, on every subscription', () => {
    expect(day.length).toBeGreaterThanOrEqual(1500);
    expect(day.length).toBeLessThanOrEqual(3000);
    for (const subscription of SUBSCRIPTIONS) {
      const own = day.filter((message) => message.subscription === subscription);
      expect(own.length, subscription).toBeGreaterThanOrEqual(3);
    }
  });

  it.each([
    ['redelivered', 10],
    ['second-sink', 5],
    ['late', 8],
    ['broken', 18],
    ['unowned', 2],
    ['unknown-method', 3],
    ['hostile', 5],
    ['rewritten', 2],
  ] as const)('has messages of the kind %s', (category, least) => {
    expect(counted(category)).toBeGreaterThanOrEqual(least);
  });

  it('parses whatever is not broken, with a time and an insert id', () => {
    expect(entries.length + records.length + files.length).toBe(day.length - counted('broken'));
    for (const { entry } of entries) {
      expect(entry.timestamp).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{9}Z$/);
      expect(entry.insertId).toMatch(/^[0-9a-z]{11,14}$/);
      expect(entry.logName).toMatch(/^projects\/acme-[a-z-]+\/logs\/[A-Za-z0-9._%-]+$/);
    }
    for (const { data } of records) expect(() => JSON.parse(data) as unknown).not.toThrow();
  });

  it('writes a file again with the lines it had and more, and takes one away', () => {
    const again = files.filter(({ overwrote }) => overwrote !== undefined);
    for (const version of again) {
      const before = files.find(({ generation }) => generation === version.overwrote);
      expect(version.name).toBe(before?.name);
      expect(version.text.startsWith(before?.text ?? '-')).toBe(true);
      expect(version.text.length).toBeGreaterThan(before?.text.length ?? 0);
    }
    expect(again.length).toBeGreaterThan(1);
    expect(files.filter(({ deleted }) => deleted === true)).toHaveLength(1);
  });

  it('breaks messages in different ways: no JSON, no object, no time, wrong types', () => {
    const broken = day.filter(({ category }) => category === 'broken').map(({ data }) => data);
    expect(new Set(broken).size).toBe(broken.length);
    const parsed = broken.map((data): unknown => {
      try {
        return JSON.parse(data);
      } catch {
        return undefined;
      }
    });
    expect(parsed.filter((value) => value === undefined).length).toBeGreaterThanOrEqual(3);
    const refused = parsed.filter((value) => value !== undefined && !LogEntry.safeParse(value).success);
    expect(refused.length).toBeGreaterThanOrEqual(3);
    const timeless = parsed.filter((value) => {
      const read = LogEntry.safeParse(value);
      return read.success && read.data.timestamp === undefined;
    });
    expect(timeless.length).toBeGreaterThanOrEqual(1);
  });

  it('has the ways in which a caller is told', () => {
    const infos = entries
      .map(({ entry }) => entry.protoPayload?.authenticationInfo)
      .filter((info) => info !== undefined);
    const having = (key: string): number => infos.filter((info) => Object.hasOwn(info, key)).length;
    expect(having('serviceAccountDelegationInfo')).toBeGreaterThan(5);
    expect(having('serviceAccountKeyName')).toBeGreaterThan(1);
    const federated = infos.filter((info) => !Object.hasOwn(info, 'principalEmail'));
    expect(JSON.stringify(federated)).toContain('workloadIdentityPools/github/subject/repo:');
  });

  it('has refusals by the mesh, which name the policy, and by the API', () => {
    const byMesh = entries.filter(({ entry }) => entry.labels?.['policy_name'] !== undefined);
    expect(byMesh.length).toBeGreaterThanOrEqual(4);
    const byApi = entries.filter(({ entry }) => entry.protoPayload?.status?.code === 7);
    expect(byApi.length).toBeGreaterThanOrEqual(3);
    expect(JSON.stringify(byApi.map(({ entry }) => entry.protoPayload?.authorizationInfo))).not.toContain(
      '"granted"',
    );
  });

  it('has operations of two entries, some of which name nobody at the end', () => {
    const ends = entries.filter(({ entry }) => entry.operation?.last === true);
    const starts = new Set(
      entries.filter(({ entry }) => entry.operation?.first === true).map(({ entry }) => entry.operation?.id),
    );
    expect(ends.length).toBeGreaterThan(40);
    expect(ends.every(({ entry }) => starts.has(entry.operation?.id))).toBe(true);
    const nameless = ends.filter(({ entry }) => entry.protoPayload?.authenticationInfo === undefined);
    expect(nameless.length).toBeGreaterThan(5);
    expect(nameless.length).toBeLessThan(ends.length);
  });

  it('has submissions with and without a record of the mesh', () => {
    const submits = withMethod('google.cloud.dataproc.v1.JobController.SubmitJob');
    const requested = submits.filter(({ entry }) => entry.protoPayload?.request?.['requestId'] !== undefined);
    expect(requested.length).toBeGreaterThan(5);
    expect(submits.length).toBeGreaterThan(requested.length);
    const inMesh = new Set(entries.map(({ entry }) => entry.labels?.['request_id']));
    const atGateway = new Set(entries.map(({ entry }) => entry.jsonPayload?.['correlation_id']));
    const ids = requested.map(({ entry }) => entry.protoPayload?.request?.['requestId']);
    // The gateway’s own record of the one that came while it was silent is lost.
    expect(new Set(ids.filter((id) => !inMesh.has(id) && !atGateway.has(id))).size).toBe(1);
    expect(ids.some((id) => inMesh.has(id) && atGateway.has(id))).toBe(true);
    expect(ids.some((id) => !inMesh.has(id) && atGateway.has(id))).toBe(true);
  });

  it('has a YARN application that no job API knows', () => {
    const told = entries.filter(({ entry }) => entry.jsonPayload?.['application'] !== undefined);
    const applications = new Set(told.map(({ entry }) => entry.jsonPayload?.['application']));
    const tagged = entries
      .map(({ entry }) => entry.jsonPayload?.['message'])
      .filter((message) => typeof message === 'string' && message.includes('applicationTags=dataproc_job_'));
    const known = (application: unknown): boolean =>
      tagged.some(
        (message) => typeof message === 'string' && message.includes(`appId=${String(application)},`),
      );
    expect([...applications].filter((application) => !known(application))).toHaveLength(1);
  });

  it('hands each data set on to the next job, from the landing bucket to the training set', () => {
    const hops = [
      ['gs://acme-landing/orders/', 'gs://acme-curated/orders/'],
      ['gs://acme-curated/orders/', 'acme-data-prod:sales.orders'],
      ['acme-data-prod.sales.orders', 'acme-data-prod.sales.daily_revenue'],
      ['acme-data-prod.sales.daily_revenue', 'gs://acme-features/churn/'],
      ['gs://acme-features/churn/', 'gs://acme-models/churn/training-set/'],
      ['gs://acme-models/churn/training-set/', 'gs://acme-partner-exchange/churn/'],
    ] as const;
    const requests = entries.map(({ entry }) => JSON.stringify(entry.protoPayload?.request ?? {}));
    for (const [from, to] of hops) {
      expect(
        requests.some((request) => request.includes(from) && request.includes(to)),
        `${from} to ${to}`,
      ).toBe(true);
    }
  });

  it('pushes a data set at midnight, around the mesh', () => {
    const push = entries.find(({ entry }) =>
      entry.protoPayload?.resourceName?.includes('/training-set-push-'),
    );
    expect(push?.entry.timestamp).toMatch(/T00:0/);
    expect(push?.entry.protoPayload?.request?.['requestId']).toBeUndefined();
  });
});

describe('the company', () => {
  it('has a configuration that is valid', () => {
    const config = Config.parse(companyConfig);
    expect(Object.keys(config.environments)).toContain('prod');
    expect(config.bindings.length).toBeGreaterThan(2);
    expect(config.agents.length).toBeGreaterThan(1);
  });

  it('has nobody outside example.com, and public addresses of documentation ranges only', () => {
    const text = day.map(({ data, file }) => `${data}\n${file?.text ?? ''}`).join('\n');
    for (const [, domain = ''] of text.matchAll(/[a-z0-9._-]+@([a-z0-9-]+(?:\.[a-z0-9-]+)+)/g)) {
      expect(domain).toMatch(
        /^(example\.com|(acme-[a-z-]+|dataproc-accounts|gcp-sa-(?:cloud-sql|pam))\.iam\.gserviceaccount\.com|google\.com|10\.8\.6\.33)$/,
      );
    }
    for (const [address] of text.matchAll(/\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b/g)) {
      expect(address).toMatch(
        /^(10\.|127\.0\.0\.|172\.16\.|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.)|^0\.0\.0\.0$/,
      );
    }
  });

  it('runs jobs in every environment and in a project of none', () => {
    const environments = new Set(Object.values(Config.parse(companyConfig).environments).flat());
    const submitted = [
      ...withMethod('google.cloud.dataproc.v1.JobController.SubmitJob'),
      ...withMethod('google.cloud.dataproc.v1.BatchController.CreateBatch'),
    ].map(({ entry }) => entry.logName?.split('/')[1] ?? '');
    for (const project of ['acme-data-prod', 'acme-data-staging', 'acme-data-dev']) {
      expect(submitted).toContain(project);
    }
    expect(submitted.some((project) => !environments.has(project))).toBe(true);
  });
});
