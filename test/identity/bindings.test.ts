import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Agent, Binding } from '../../schemas/config.ts';
import { JobtrailError } from '../../shared/errors.ts';
import { createBindingTable } from '../../shared/identity/bindings.ts';
import { parseIdentifier } from '../../shared/identity/grammar/identifier.ts';
import { toInstant } from '../../shared/identity/validity.ts';
import type { ResolvedPrincipal } from '../../shared/model/principal.ts';

const bind = (id: string, alias: string, principal: string, from?: string, until?: string): Binding => ({
  id,
  alias,
  principal,
  ...(from === undefined ? {} : { from }),
  ...(until === undefined ? {} : { until }),
});

function resolve(
  text: string,
  eventTime: string,
  bindings: readonly Binding[],
  agents: readonly Agent[] = [],
): ResolvedPrincipal {
  const parsed = parseIdentifier(text);
  if (parsed === undefined) throw new Error(`no identifier: ${text}`);
  return createBindingTable(bindings, agents).resolve({ ...parsed, proof: 'mtls' }, eventTime);
}

const refusal = (bindings: readonly Binding[], agents: readonly Agent[] = []): string => {
  try {
    createBindingTable(bindings, agents);
  } catch (error) {
    expect(error).toBeInstanceOf(JobtrailError);
    expect(error).toHaveProperty('code', 'config-invalid');
    return error instanceof JobtrailError ? error.message : '';
  }
  return 'accepted';
};

const T = '2026-03-01T00:00:00.000000000Z';
const DRIVER = 'spiffe://p.svc.id.goog/ns/spark/sa/driver';

describe('bindings', () => {
  test('an alias is resolved, with what the entry proved and the binding cited', () => {
    expect(
      resolve(DRIVER, T, [
        bind('b1', 'serviceAccount:p.svc.id.goog[spark/driver]', 'Etl@p.iam.gserviceaccount.com'),
      ]),
    ).toEqual({
      principal: {
        kind: 'service-account',
        id: 'service-account:google:etl@p.iam.gserviceaccount.com',
        issuer: 'google',
        subject: 'etl@p.iam.gserviceaccount.com',
        proof: 'mtls',
      },
      as: 'workload:spiffe/p.svc.id.goog:ns/spark/sa/driver',
      bindings: ['b1'],
    });
  });

  test.each([
    ['2025-12-31T23:59:59.999999999Z', false],
    ['2026-01-01T00:00:00.000000000Z', true],
    ['2026-01-01T00:00:00.000000001Z', true],
    ['2026-06-30T23:59:59.999999999Z', true],
    ['2026-07-01T00:00:00.000000000Z', false],
  ])('from is inclusive and until exclusive: at %s %s', (eventTime, bound) => {
    const binding = bind(
      'b1',
      DRIVER,
      'ana@example.com',
      '2026-01-01T02:00:00+02:00',
      '2026-07-01T00:00:00Z',
    );
    expect(resolve(DRIVER, eventTime, [binding]).bindings).toEqual(bound ? ['b1'] : []);
  });

  test('one alias stands for one after the other', () => {
    const table = [
      bind('new', DRIVER, 'bob@example.com', '2026-03-01T00:00:00Z'),
      bind('old', DRIVER, 'ana@example.com', undefined, '2026-03-01T00:00:00Z'),
    ];
    expect(resolve(DRIVER, '2026-02-28T23:59:59.999999999Z', table).bindings).toEqual(['old']);
    expect(resolve(DRIVER, T, table).bindings).toEqual(['new']);
  });

  test('bindings are followed to the end and cited in order', () => {
    const table = [
      bind('third', 'c@example.com', 'd@example.com'),
      bind('first', DRIVER, 'b@example.com'),
      bind('second', 'b@example.com', 'c@example.com', undefined, '2026-04-01T00:00:00Z'),
    ];
    expect(resolve(DRIVER, T, table)).toMatchObject({
      principal: { id: 'user:google:d@example.com' },
      bindings: ['first', 'second', 'third'],
    });
    expect(resolve(DRIVER, '2026-04-01T00:00:00.000000000Z', table)).toMatchObject({
      principal: { id: 'user:google:b@example.com' },
      bindings: ['first'],
    });
  });

  test.each<[string, readonly Binding[], readonly string[]]>([
    [
      'two principals at one time',
      [
        bind('x1', DRIVER, 'a@example.com'),
        bind('x2', 'serviceAccount:p.svc.id.goog[spark/driver]', 'b@example.com', '2026-01-01T00:00:00Z'),
      ],
      ['"x1"', '"x2"'],
    ],
    [
      'a conflict behind a longer range',
      [
        bind('x1', DRIVER, 'a@example.com', '2026-01-01T00:00:00Z', '2026-12-01T00:00:00Z'),
        bind('x2', DRIVER, 'a@example.com', '2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z'),
        bind('x3', DRIVER, 'b@example.com', '2026-11-30T00:00:00Z'),
      ],
      ['"x1"', '"x3"'],
    ],
    ['an alias of itself', [bind('x1', 'a@example.com', 'user:A@example.com')], ['circle', '"x1"']],
    [
      'a circle',
      [
        bind('x1', 'a@example.com', 'b@example.com'),
        bind('x2', 'b@example.com', 'c@example.com'),
        bind('x3', 'c@example.com', 'a@example.com'),
      ],
      ['circle', '"x1"', '"x2"', '"x3"'],
    ],
    [
      'a circle entered from outside',
      [
        bind('x0', 'z@example.com', 'a@example.com'),
        bind('x1', 'a@example.com', 'b@example.com'),
        bind('x2', 'b@example.com', 'a@example.com'),
      ],
      ['circle', '"x1"', '"x2"'],
    ],
    [
      'an id used twice',
      [bind('x1', 'a@example.com', 'b@example.com'), bind('x1', 'c@example.com', 'b@example.com')],
      ['"x1"', 'twice'],
    ],
    [
      'an empty range',
      [bind('x1', 'a@example.com', 'b@example.com', '2026-01-01T00:00:00Z', '2026-01-01T01:00:00+01:00')],
      ['"x1"', 'never valid'],
    ],
    ['no identifier', [bind('x1', 'ana', 'b@example.com')], ['"x1"', '"ana"']],
    ['no time', [bind('x1', 'a@example.com', 'b@example.com', 'yesterday')], ['"x1"', 'yesterday']],
  ])('refused: %s', (_what, table, words) => {
    const message = refusal(table);
    for (const word of words) expect(message).toContain(word);
    expect(refusal(table.toReversed())).not.toBe('accepted');
  });

  test('a circle that no instant closes is none', () => {
    const table = [
      bind('x1', 'a@example.com', 'b@example.com', undefined, '2026-03-01T00:00:00Z'),
      bind('x2', 'b@example.com', 'a@example.com', '2026-03-01T00:00:00Z'),
    ];
    expect(resolve('a@example.com', T, table).bindings).toEqual([]);
    expect(resolve('b@example.com', T, table).bindings).toEqual(['x2']);
  });

  test('the order of the file changes nothing; every accepted table ends', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd').map((n) => `${n}@example.com`);
    const month = fc
      .integer({ min: 1, max: 12 })
      .map((m) => `2026-${String(m).padStart(2, '0')}-01T00:00:00Z`);
    const binding = fc.record({ alias: name, principal: name, from: month, until: month });
    fc.assert(
      fc.property(fc.array(binding, { maxLength: 5 }), name, month, (drafts, who, when) => {
        const table = drafts.map((draft, index) => ({ id: `b${index}`, ...draft }));
        const [there, back] = [refusal(table), refusal(table.toReversed())];
        expect(there === 'accepted').toBe(back === 'accepted');
        fc.pre(there === 'accepted');
        const time = toInstant(when) ?? '';
        expect(resolve(who, time, table)).toEqual(resolve(who, time, table.toReversed()));
      }),
      { numRuns: 500 },
    );
  });
});

describe('agents', () => {
  const agents: readonly Agent[] = [{ principal: DRIVER, owner: 'ana@example.com' }];

  test('the kind becomes agent, with its owner', () => {
    expect(resolve(DRIVER, T, [], agents)).toMatchObject({
      principal: { kind: 'agent', id: 'agent:spiffe/p.svc.id.goog:ns/spark/sa/driver' },
      as: 'workload:spiffe/p.svc.id.goog:ns/spark/sa/driver',
      owner: 'user:google:ana@example.com',
    });
    expect(resolve('bob@example.com', T, [], agents).owner).toBeUndefined();
  });

  test('under every identifier bound to it, while it is bound', () => {
    const table = [bind('b1', DRIVER, 'etl@p.iam.gserviceaccount.com', '2026-03-01T00:00:00Z')];
    const agent = 'agent:google:etl@p.iam.gserviceaccount.com';
    expect(resolve(DRIVER, T, table, agents).principal.id).toBe(agent);
    expect(resolve('etl@p.iam.gserviceaccount.com', T, table, agents).principal.id).toBe(agent);
    const before = '2026-02-28T00:00:00.000000000Z';
    expect(resolve('etl@p.iam.gserviceaccount.com', before, table, agents).principal.kind).toBe(
      'service-account',
    );
    expect(resolve(DRIVER, before, table, agents).principal.kind).toBe('agent');
  });

  test('an agent identity of Google keeps its id', () => {
    const id = 'principal://agents.global.org-1.system.id.goog/resources/x';
    const resolved = resolve(id, T, [], [{ principal: id, owner: 'ana@example.com' }]);
    expect(resolved.as).toBeUndefined();
    expect(resolved.owner).toBe('user:google:ana@example.com');
  });

  test('two owners of one agent are refused, through bindings too', () => {
    const table = [bind('b1', DRIVER, 'etl@p.iam.gserviceaccount.com')];
    const other = { principal: 'etl@p.iam.gserviceaccount.com', owner: 'bob@example.com' };
    expect(refusal(table, [...agents, other])).toContain('two owners');
    expect(refusal([], [...agents, other])).toBe('accepted');
    expect(refusal([], [{ principal: 'robot', owner: 'bob@example.com' }])).toContain('"robot"');
  });
});

describe('instants', () => {
  test.each([
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000000000Z'],
    ['2026-01-01T00:00:00.12+05:30', '2025-12-31T18:30:00.120000000Z'],
    ['2026-01-01t00:00:00.1234567891z', '2026-01-01T00:00:00.123456789Z'],
    ['9999-12-31T23:59:59-01:00', undefined],
    ['2026-13-01T00:00:00Z', undefined],
    ['2026-01-01', undefined],
  ])('%s', (text, instant) => {
    expect(toInstant(text)).toBe(instant);
  });
});
