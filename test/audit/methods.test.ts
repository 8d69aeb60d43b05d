import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { methodTable } from '../../shared/audit/methods.ts';

const table = methodTable<'ring' | 'rule'>([
  {
    services: ['keys.example.com', 'older-keys.example.com'],
    by: 'rpc',
    lines: [
      ['CreateKeyRing DeleteKeyRing', 'key.change', 'ring'],
      ['GetKeyString', 'secret.read'],
    ],
  },
  {
    services: ['machines.example.com'],
    by: 'collection',
    lines: [
      ['firewalls.*', 'network.change', 'rule'],
      ['firewalls.insert', 'network.change'],
      ['instances.getScreenshot ScheduledStop', 'telemetry.read'],
    ],
  },
]);

describe('a method is known in every dialect of its service', () => {
  it.each([
    ['keys.example.com', 'CreateKeyRing'],
    ['keys.example.com', 'google.keys.v1.Keys.CreateKeyRing'],
    ['older-keys.example.com', 'google.keys.v1beta2.Keys.DeleteKeyRing'],
  ])('%s %s', (service, method) => {
    expect(table.find(service, method)).toEqual({ action: 'key.change', reads: 'ring' });
  });

  it.each([
    ['v1.compute.firewalls.insert', { action: 'network.change' }],
    ['beta.compute.firewalls.patch', { action: 'network.change', reads: 'rule' }],
    ['firewalls.patch', { action: 'network.change', reads: 'rule' }],
    ['v1.compute.firewalls.list', { action: 'metadata.read' }],
    ['v1.compute.instances.getScreenshot', { action: 'telemetry.read' }],
    ['ScheduledStop', { action: 'telemetry.read' }],
    ['v1.compute.networks.insert', undefined],
    ['v1.compute.firewalls', undefined],
  ])('%s', (method, expected) => {
    expect(table.find('machines.example.com', method)).toEqual(expected);
  });
});

describe('reads', () => {
  it.each([
    'GetPolicy',
    'ListKeys',
    'BatchGetThings',
    'TestIamPermissions',
    'QueryTestablePermissions',
    'get',
  ])('%s is one', (verb) => {
    expect(table.find('keys.example.com', `google.x.${verb}`)).toEqual({ action: 'metadata.read' });
  });

  it.each(['Getaway', 'Listen', 'TestDrive', 'CreateX', 'FetchedX', 'GenerateToken'])(
    '%s is none',
    (verb) => {
      expect(table.find('keys.example.com', verb)).toBeUndefined();
    },
  );

  it('are asked after the table, which knows those that give something away', () => {
    expect(table.find('keys.example.com', 'google.x.GetKeyString')).toEqual({ action: 'secret.read' });
  });
});

describe('the table', () => {
  it('refuses a method that two lines name', () => {
    const twice = {
      services: ['a'],
      by: 'rpc',
      lines: [
        ['X Y', 'deploy'],
        ['Y', 'login'],
      ],
    } as const;
    expect(() => methodTable([twice])).toThrow('two lines for Y');
  });

  it('knows nothing of other services, nor the names that every object has', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.constantFrom('constructor', '__proto__', 'toString.x', '.', '..', 'a.__proto__'),
        ),
        fc.constantFrom('keys.example.com', 'machines.example.com', '__proto__', 'other'),
        (method, service) => {
          fc.pre(
            !/(?:Get|get|List|list|KeyRing|KeyString|firewalls|Screenshot|Scheduled|[fF]etch|[qQ]uery|[sS]earch|[lL]ookup)/.test(
              method,
            ),
          );
          expect(table.find(service, method)).toBeUndefined();
        },
      ),
    );
  });
});
