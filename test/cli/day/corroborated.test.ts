/** What of the day only several records together tell: that its messages hold it. Verdicts over them: test/docs/readme.test.ts. */
import { describe, expect, it } from 'vitest';
import { CANARY_KEY, GATEWAY_PATH, MESH_PATHS } from '../../../cli/day/canaries.ts';
import { companyConfig } from '../../../cli/day/config.ts';
import { storiesOf } from '../../../cli/day/stories.ts';
import { CanaryRecord } from '../../../schemas/canary.ts';
import { Config } from '../../../schemas/config.ts';
import { CANARY_PREFIX, signCanary } from '../../../shared/corroboration/health/canary.ts';
import { DATE, entries } from './told.ts';

const minuteOf = (time: string | undefined): string => time?.slice(11, 16) ?? '';
const ofGateway = entries.filter(
  ({ message, entry }) => message.subscription === 'kong' && entry.jsonPayload?.['request'] !== undefined,
);
const submitted = (job: string) =>
  entries.find(
    ({ entry }) =>
      entry.protoPayload?.resourceName?.endsWith(`/jobs/${job}`) === true && entry.operation?.first === true,
  )?.entry;

/** Signed texts of probes in requests to a hop. */
const probesIn = (text: string): readonly string[] =>
  text
    .split(CANARY_PREFIX)
    .slice(1)
    .map((rest) => rest.split('"', 1)[0]?.split(' ', 1)[0] ?? '');

describe('canaries of the day', () => {
  it('are signed with its key, along each path that has one, every half hour', () => {
    const records = entries.flatMap(({ entry }) => {
      const parsed = CanaryRecord.safeParse(entry.jsonPayload);
      return parsed.success ? [parsed.data] : [];
    });
    for (const { path, nonce, sentAt, mac } of records)
      expect(signCanary({ path, nonce, sentAt }, CANARY_KEY).mac).toBe(mac);
    const declared = Config.parse(companyConfig).corroboration.paths.filter(({ canary }) => canary);
    expect(new Set(records.map(({ path }) => path))).toEqual(
      new Set(declared.map(({ path }) => path).filter((path) => !path.includes('/'))),
    );
    const probed = new Set(
      entries.flatMap(({ entry }) =>
        probesIn(JSON.stringify(entry)).map((probe) => probe.split('/', 1)[0]?.replaceAll('~', '/')),
      ),
    );
    for (const path of [GATEWAY_PATH, ...MESH_PATHS]) expect(probed, path).toContain(path);
  });
});

describe('the stories of the day', () => {
  it('the gateway records one of two calls of the partner’s key', () => {
    const calls = ofGateway.filter(
      ({ entry }) =>
        minuteOf(entry.timestamp) === '18:30' && JSON.stringify(entry.jsonPayload).includes('jobs:submit'),
    );
    expect(new Set(calls.map(({ entry }) => entry.insertId)).size).toBe(1);
    expect(minuteOf(submitted('partner-price-pull')?.timestamp)).toBe('18:30');
    expect(minuteOf(submitted('partner-price-pull-again')?.timestamp)).toBe('18:30');
  });

  it('one request has the notebook in the mesh and the scheduler at the API, under one id', () => {
    const start = submitted('features-rebuild-adhoc');
    const request = start?.protoPayload?.request;
    const id = request?.['requestId'];
    expect(JSON.stringify(request)).toContain(`"gw-request-id":"${String(id)}"`);
    const hops = entries.filter(({ entry }) => entry.labels?.['request_id'] === id);
    const callers = new Set(hops.map(({ entry }) => entry.labels?.['source_principal']));
    expect([...callers]).toEqual(['spiffe://acme-data.svc.id.goog/ns/notebooks/sa/notebook']);
    expect(start?.protoPayload?.authenticationInfo?.principalEmail).toContain('airflow-scheduler@');
  });

  it('the gateway is silent for two hours, and the mesh records calls to it', () => {
    const silent = (time: string | undefined): boolean =>
      minuteOf(time) >= '13:02' && minuteOf(time) < '15:02';
    expect(ofGateway.filter(({ entry }) => silent(entry.timestamp))).toEqual([]);
    const beside = entries.filter(
      ({ entry }) => entry.labels?.['destination_app'] === 'kong-gateway' && silent(entry.timestamp),
    );
    expect(beside.length).toBeGreaterThanOrEqual(20);
    expect(silent(submitted('deploy-smoke-test-4e1c09d')?.timestamp)).toBe(true);
  });

  it('are each about work that the day has', () => {
    const text = JSON.stringify(entries.map(({ entry }) => entry));
    for (const { job } of storiesOf(DATE)) expect(text, job).toContain(job.slice(job.lastIndexOf('/') + 1));
  });
});
