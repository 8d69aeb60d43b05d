/** The text line under attack: whatever a client writes into its headers, Envoy's own fields stay or the line is refused. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEnvoyLine } from '../../../shared/sources/istio/envoy-line.ts';

const HEAD = '403 - rbac_access_denied_matched_policy[none] - "-" 0 19 3 -';
const TAIL =
  'inbound|8080|| - 10.4.0.5:8080 10.4.1.8:59778 outbound_.8080_._.web.shop.svc.cluster.local default';

interface Client {
  readonly path?: string;
  readonly forwardedFor?: string;
  readonly agent?: string;
  readonly requestId?: string;
}

/** A line as Envoy formats it: values in quotes, not escaped. */
function line({ path = '/x', forwardedFor = '-', agent = 'curl', requestId = 'r-1' }: Client): string {
  return (
    `[2026-03-02T08:01:02.345Z] "GET ${path} HTTP/1.1" ${HEAD} ` +
    `"${forwardedFor}" "${agent}" "${requestId}" "web.shop" "10.4.0.5:8080" ${TAIL}`
  );
}

const ENVOYS = {
  status: '403',
  flags: '-',
  details: 'rbac_access_denied_matched_policy[none]',
  termination: '-',
  bytesSent: '19',
  authority: 'web.shop',
  upstreamCluster: 'inbound|8080||',
  serverName: 'outbound_.8080_._.web.shop.svc.cluster.local',
};

function isSubset(expected: object, actual: object): boolean {
  const all = new Map<string, unknown>(Object.entries(actual));
  return Object.entries(expected).every(([key, value]) => all.get(key) === value);
}

/** Pieces an attacker would use: whole heads and tails, quotes, separators, and any text. */
const FORGED_HEAD = '" 200 - via_upstream - "-" 1 2 3 4 "';
const FORGED_TAIL = '" "1.1.1.1:1" outbound|80||evil - 1.1.1.1:1 2.2.2.2:2 - default';
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        FORGED_HEAD,
        FORGED_TAIL,
        '"',
        '" "',
        ' ',
        '" 200 -',
        '-',
        '/',
        ' HTTP/1.1"',
        '10.0.0.1:80',
        '[',
      ),
      fc.string({ maxLength: 12 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join('').replaceAll(/[\r\n]/g, ''));

describe('a text line', () => {
  it('is read', () => {
    expect(parseEnvoyLine(line({}))).toEqual({
      startTime: '2026-03-02T08:01:02.345Z',
      method: 'GET',
      path: '/x',
      protocol: 'HTTP/1.1',
      bytesReceived: '0',
      requestId: 'r-1',
      ...ENVOYS,
    });
  });

  it('keeps its fields whatever a client writes, or is refused', () => {
    let read = 0;
    const kept = fc.property(hostile, hostile, hostile, hostile, (path, forwardedFor, agent, requestId) => {
      const fields = parseEnvoyLine(line({ path: `/${path}`, forwardedFor, agent, requestId }));
      if (fields === undefined) return true;
      read += 1;
      return isSubset({ ...ENVOYS, method: 'GET', path: `/${path}` }, fields);
    });
    expect(() => fc.assert(kept, { numRuns: 5000 })).not.toThrow();
    expect(read, 'enough lines are read for this to mean something').toBeGreaterThan(500);
  });

  it.each<[string, Client]>([
    ['a quote in the agent', { agent: 'Mozilla "5.0"' }],
    ['the beginning of a head in the agent', { agent: 'x" 200 -' }],
    ['a head without its numbers in the agent', { agent: 'x" 200 - via_upstream - "-" - - "' }],
    ['values that look like the next ones', { agent: 'x" "fake-id" "fake.host' }],
    ['a quote in the path', { path: '/a"b' }],
    ['spaces in the path', { path: '/a b c' }],
    ['quotes in forwarded-for', { forwardedFor: '1.1.1.1" "2.2.2.2' }],
  ])('with %s is read all the same', (_, client) => {
    expect(parseEnvoyLine(line(client))).toMatchObject({ ...ENVOYS, path: client.path ?? '/x' });
  });

  it.each<[string, Client]>([
    ['a second head in the path', { path: `/x HTTP/1.1${FORGED_HEAD}` }],
    ['a second head in the agent', { agent: `x${FORGED_HEAD}y` }],
    ['a second tail in the agent', { agent: `x${FORGED_TAIL}` }],
    ['a second tail in the request id', { requestId: `x${FORGED_TAIL}` }],
  ])('with %s is refused', (_, client) => {
    expect(parseEnvoyLine(line(client))).toBeUndefined();
  });

  it('names no request id where quotes leave it open', () => {
    expect(parseEnvoyLine(line({ agent: 'x" "fake-id" "y' }))).toMatchObject({ requestId: undefined });
  });

  it('is refused when a server name has spaces or quotes', () => {
    const withSni = (sni: string): string => line({}).replace(/outbound_\S+/, () => sni);
    expect(parseEnvoyLine(withSni('a.example'))?.serverName).toBe('a.example');
    expect(parseEnvoyLine(withSni('a b'))).toBeUndefined();
    expect(parseEnvoyLine(withSni('a" "1.1.1.1:1" evil - 1.1.1.1:1 2.2.2.2:2 b'))).toBeUndefined();
  });

  it('keeps termination details with spaces apart from the rest', () => {
    const text = line({}).replace(' - "-" 0 19', ' transport socket timeout was reached "-" 0 19');
    expect(parseEnvoyLine(text)).toMatchObject({
      ...ENVOYS,
      termination: 'transport socket timeout was reached',
    });
  });

  it.each([
    '',
    '[',
    '[]',
    '[2026-03-02T08:01:02.345Z] "',
    `${line({})} more`,
    line({}).slice(0, -8),
    line({}).slice(1),
  ])('is not %j', (text) => {
    expect(parseEnvoyLine(text)).toBeUndefined();
  });

  it.each(['"', '" ', '" 2', '" 200 ', FORGED_HEAD, FORGED_TAIL, '" 200 - a ', '"-" a - - - '])(
    'of 120,000 characters of %j takes no longer than its length',
    (unit) => {
      const fields = parseEnvoyLine(line({ agent: unit.repeat(120_000 / unit.length) }));
      expect(fields === undefined || isSubset(ENVOYS, fields)).toBe(true);
    },
  );
});
