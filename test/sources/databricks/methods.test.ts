import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Normalised } from '../../../shared/model/event.ts';
import { databricks } from '../../../shared/sources/databricks/index.ts';
import { methodOf } from '../../../shared/sources/databricks/methods.ts';
import { adopted } from './records.ts';

const results: readonly Normalised[] = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ndjson'))
  .flatMap((file) => readFileSync(join(import.meta.dirname, file), 'utf8').split('\n'))
  .filter((line) => line !== '')
  .map((line) => databricks.normalise(adopted(line)));
const events = results.flatMap((result) => (result.kind === 'event' ? [result.event] : []));

describe('audited actions', () => {
  const sampled = new Set(events.map(({ method }) => method));

  it.each(databricks.methods)('%s has a sample', (method) => {
    expect(sampled.has(method)).toBe(true);
  });

  it('has a refused or failed sample of each service, and of each kind of action on access', () => {
    const ended = new Map<string, Set<string>>();
    for (const { method, outcome } of events) {
      const service = method.slice(0, method.indexOf('.'));
      const outcomes = ended.get(service);
      if (outcomes === undefined) ended.set(service, new Set([outcome]));
      else outcomes.add(outcome);
    }
    for (const method of databricks.methods) {
      const outcomes = ended.get(method.slice(0, method.indexOf('.')));
      expect(outcomes, method).toContain('allowed');
      expect(outcomes?.has('denied') === true || outcomes?.has('failed') === true, method).toBe(true);
    }
  });

  it('compares services and actions without case', () => {
    expect(methodOf('UNITYCATALOG', 'GETTABLE')?.name).toBe('unityCatalog.getTable');
    expect(methodOf('deltaSharingControl', 'createRecipient')?.action).toBe('data.share');
  });

  it.each([
    ['jobs', 'explode'],
    ['jobs', '__proto__'],
    ['constructor', 'name'],
    ['genie', 'sendMessage'],
    ['aibiGenie', 'databricksAccess'],
  ])('does not pretend to know %s.%s', (service, action) => {
    expect(methodOf(service, action)).toBeUndefined();
  });

  it('keeps what callers wrote in arguments, commands and configurations out of every event', () => {
    const told = JSON.stringify(results);
    for (const secret of ['s3cr3t', '4111', 'dbutils']) expect(told).not.toContain(secret);
  });
});
