/** The deployment, taken by Terraform: the root, each module and each example, found by listing their folders. */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { DEPLOYMENT } from './copies.ts';
import { folders, valuesFor, variables } from './folders.ts';
import { describeWithStandIn, describeWithTerraform } from './harness.ts';
import { wrongWith } from './rules/all.ts';

const SLOW = 300_000;

describeWithTerraform('terraform', (terraform) => {
  let copy = '';
  beforeAll(() => {
    copy = terraform.copy();
  });

  it('is formatted', async () => {
    expect(await terraform.run(copy, 'fmt', '-check', '-recursive', '-diff')).toEqual({ ok: true, text: '' });
  });

  describe.each(folders())('%s', (folder) => {
    it(
      'initialises and validates',
      async () => {
        const initialised = await terraform.run(join(copy, folder), 'init', '-backend=false');
        expect(initialised.ok, initialised.text).toBe(true);
        const validated = await terraform.run(join(copy, folder), 'validate');
        expect(validated.ok, validated.text).toBe(true);
        expect(validated.text).toBe('Success! The configuration is valid.\n\n');
      },
      SLOW,
    );

    it(
      'plans',
      async () => {
        const planned = await terraform.plan(join(copy, folder), valuesFor(folder));
        expect(planned.ok, planned.text).toBe(true);
        // A value for no variable, an argument on its way out.
        expect(planned.text).not.toContain('Warning:');
      },
      SLOW,
    );

    it.runIf(tests(folder).length > 0)(
      'passes its own tests',
      async () => {
        const tested = await terraform.run(join(copy, folder), 'test');
        expect(tested.ok, tested.text).toBe(true);
        expect(tested.text).toMatch(/^Success! [1-9][0-9]* passed, 0 failed\.$/m);
      },
      SLOW,
    );
  });

  it('has tests of its own', () => {
    expect(tests('.')).not.toEqual([]);
  });
});

describeWithStandIn('the deployment, applied', (terraform) => {
  it(
    'breaks no rule of test/terraform/rules/, with everything switched on, and is in place after one apply',
    async () => {
      const copy = terraform.copy();
      await terraform.must(copy, 'init', '-backend=false');
      await terraform.must(copy, 'apply', '-auto-approve', '-parallelism=30', variables('whole'));
      expect(wrongWith(await terraform.must(copy, 'show', '-json'))).toEqual([]);
      expect(await terraform.must(copy, 'plan', variables('whole'))).toContain('No changes.');
    },
    SLOW,
  );
});

/** Files of `terraform test` in a folder, as Terraform finds them. */
function tests(folder: string): string[] {
  const at = join(DEPLOYMENT, folder);
  return globSync(['*.tftest.hcl', 'tests/*.tftest.hcl'], { cwd: at });
}
