/** The audit configuration of several levels, and who is exempted. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { AUDIT_NEEDS, checkAudit } from '../../shared/doctor/checks/audit.ts';
import type { Level, PolicyFacts } from '../../shared/doctor/facts.ts';
import type { Line } from '../../shared/doctor/line.ts';
import { codes, level, refused, states } from './facts.ts';

describe('audit', () => {
  const on = (service: string, ...types: string[]): PolicyFacts['auditConfigs'][number] => ({
    service,
    types: types.map((type) => ({ type, exempted: [] })),
  });
  const all = on('allServices', 'ADMIN_READ', 'DATA_READ', 'DATA_WRITE');
  const audit = (levels: readonly Level[], sources?: ReadonlySet<string>): readonly Line[] =>
    checkAudit({ project: 'p', pipeline: 'trail', levels, sources });
  const organisation = 'organizations/7';

  test('what is on above the project holds in it, and levels add up', () => {
    const above = level(organisation, { auditConfigs: [all] });
    expect(states(audit([level('projects/p'), above]))).toEqual(['ok']);
    const reads = level(organisation, { auditConfigs: [on('allServices', 'ADMIN_READ', 'DATA_READ')] });
    expect(codes(audit([reads]))).toEqual(['off', 'off']);
    const writes = ['storage.googleapis.com', 'spanner.googleapis.com'].map((name) => on(name, 'DATA_WRITE'));
    expect(states(audit([level('projects/p', { auditConfigs: writes }), reads]))).toEqual(['ok']);
  });

  test('of sources that are not taken in nothing is asked', () => {
    const some = audit([level('projects/p')], new Set(['storage', 'dataproc']));
    expect(some.map(({ says }) => says)).toEqual([expect.stringContaining('off for storage.googleapis.com')]);
    expect(states(audit([level('projects/p')], new Set(['dataproc'])))).toEqual(['ok']);
  });

  test('a project that is declared by its number is rewritten under its id, with what it has', () => {
    const auditConfigs = [on('storage.googleapis.com', 'DATA_READ')];
    const [line] = checkAudit({
      project: '1234567890',
      pipeline: 'trail',
      levels: [level('projects/shop', { auditConfigs })],
      sources: new Set(['storage']),
    });
    expect(line?.about).toBe('projects/1234567890');
    expect(line?.mend).toMatch(
      /^gcloud projects get-iam-policy shop .*"DATA_READ".*"DATA_WRITE".* set-iam-policy shop /,
    );
  });

  test('where a level could not be asked neither what is missing is known nor who is exempted', () => {
    const unread = { resource: organisation, asked: refused };
    for (const own of [level('projects/p'), level('projects/p', { auditConfigs: [all] })]) {
      const lines = audit([own, unread]);
      expect(lines.map(({ state, about }) => [state, about])).toEqual([
        ['unasked', 'projects/p by organizations/7'],
      ]);
    }
  });

  test('accounts of the pipeline may be exempted, nobody else; the level is named and mended', () => {
    const exempting = (member: string): readonly Line[] =>
      audit([
        level('projects/p', { auditConfigs: [all] }),
        level('folders/9', {
          auditConfigs: [
            { service: 'storage.googleapis.com', types: [{ type: 'DATA_READ', exempted: [member] }] },
          ],
        }),
      ]);
    const account = (name: string, project: string): string =>
      `serviceAccount:${name}@${project}.iam.gserviceaccount.com`;
    expect(states(exempting(account('jobtrail-storage', 'trail')))).toEqual(['ok']);
    expect(states(exempting('deleted:user:eve@example.com?uid=1'))).toEqual(['ok']);
    // Another account of the pipeline's project is none of the pipeline's.
    for (const other of [account('jobtrail-storage', 'nottrail'), account('backdoor', 'trail')]) {
      const [line] = exempting(other);
      expect(line).toMatchObject({ code: 'exempted', says: expect.stringContaining(', by folders/9') });
      expect(line?.mend).toMatch(/^gcloud resource-manager folders get-iam-policy 9 --format=json \| jq /);
    }
  });
});

test('Terraform switches on what doctor asks for', () => {
  const variables = readFileSync(new URL('../../terraform/variables-store.tf', import.meta.url), 'utf8');
  for (const { service, types } of AUDIT_NEEDS) {
    const set =
      new RegExp(`"${service.replaceAll('.', '\\.')}"\\s*=\\s*\\[([^\\]]*)\\]`).exec(variables)?.[1] ?? '';
    for (const type of types) expect(`${service}: ${set}`).toContain(`"${type}"`);
  }
});
