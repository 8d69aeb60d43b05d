/** The text of the database roles, and what their stand-in reads out of queries. */
import { describe, expect, it } from 'vitest';
import functions from '../../../terraform/functions.json' with { type: 'json' };
import { optionalMigration } from '../../../shared/store/spanner/migrations.ts';
import { readGrants } from './grants.ts';
import { needsOfSql } from './needs.ts';

const STATEMENTS = optionalMigration('roles').statements;

describe('the text of the roles', () => {
  it('is read whole, by the grammar of Spanner', () => {
    const { roles, lines } = readGrants(STATEMENTS);
    expect(roles.size).toBeGreaterThanOrEqual(6);
    expect(lines.length).toBeGreaterThan(60);
  });

  it.each([
    ['GRANT SELECT ON TABLE Event TO ROLE r', 'no table Event'],
    ['GRANT SELECT (Raws) ON TABLE Events TO ROLE r', 'no column Events.Raws'],
    ['GRANT SELECT ON TABLE Jobs TO ROLE r', 'no table Jobs'],
    ['GRANT SELECT ON VIEW Events TO ROLE r', 'no view Events'],
    ['GRANT DELETE (EventId) ON TABLE Events TO ROLE r', 'no privileges'],
    ['GRANT SELECT ON TABLE Events TO ROLE nobody', 'no role nobody'],
    ['GRANT SELECT ON Events TO ROLE r', 'no statement of roles'],
    ['GRANT SELECT ON TABLE Events TO r', 'no statement of roles'],
    ['GRANT ROLE nobody TO ROLE r', 'no role nobody'],
    ['CREATE ROLE r', 'made twice'],
  ])('would be refused for %s', (statement, why) => {
    expect(() => readGrants(['CREATE ROLE r', statement])).toThrow(why);
  });

  it('is what functions are deployed with', () => {
    const { roles } = readGrants(STATEMENTS);
    const asked = Object.values(functions).flatMap((one) =>
      'databaseRole' in one ? [one.databaseRole] : [],
    );
    expect(asked.length).toBeGreaterThan(15);
    expect(asked.filter((role) => !roles.has(role))).toEqual([]);
  });
});

describe('what a query needs', () => {
  it('is read through the views that it names, and not out of its texts', () => {
    const needs = needsOfSql("SELECT j.JobId FROM Jobs AS j WHERE j.JobName = 'Quarantine' -- Silences");
    const names = needs.map(({ name }) => name);
    expect(names).toEqual(['Events', 'Jobs']);
    expect(needs[0]?.columns).toContain('JobName');
    expect(needs[0]?.columns).not.toContain('Raw');
    expect(needsOfSql('SELECT * FROM Events')[0]?.columns).toContain('Raw');
  });
});
