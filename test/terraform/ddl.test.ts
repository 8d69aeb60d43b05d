/** The statements that Terraform reads out of schemas/spanner/ are those that the product reads there. */
import { beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import { migrations, optionalMigration } from '../../shared/store/spanner/migrations.ts';
import { variables } from './folders.ts';
import { describeWithTerraform } from './harness.ts';

const Database = z.object({
  type: z.literal('google_spanner_database'),
  change: z.object({ after: z.object({ ddl: z.array(z.string()) }) }),
});
const Shown = z.object({ resource_changes: z.array(z.union([Database, z.object({ type: z.string() })])) });

describeWithTerraform('a new database', (terraform) => {
  let ddl: readonly string[] = [];
  beforeAll(async () => {
    const folder = terraform.copy();
    await terraform.must(folder, 'init', '-backend=false');
    await terraform.must(folder, 'plan', '-lock=false', '-out=plan', variables('small'));
    const shown = Shown.parse(JSON.parse(await terraform.must(folder, 'show', '-json', 'plan')));
    ddl = shown.resource_changes.flatMap((change) => ('change' in change ? change.change.after.ddl : []));
  }, 120_000);

  it('is made with the numbered files in order, then the database roles', () => {
    const ours = [
      ...migrations().flatMap(({ statements }) => statements),
      ...optionalMigration('roles').statements,
    ];
    const compact = (statements: readonly string[]): string[] =>
      statements.map((one) => one.replaceAll(/\s+/g, ' '));
    expect(ours.length).toBeGreaterThan(40);
    expect(compact(ddl)).toEqual(compact(ours));
  });
});
