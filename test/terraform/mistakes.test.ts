/** Each mistake of mistakes.ts makes the checks fail, and they say what is wrong; without it they find nothing. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { variables } from './folders.ts';
import { describeWithStandIn } from './harness.ts';
import { MISTAKES } from './mistakes.ts';
import { wrongWith } from './rules/all.ts';

const SLOW = 300_000;
const PLACES = [
  ...new Map(MISTAKES.map(({ folder, values }) => [`${folder} ${values}`, { folder, values }])).values(),
];

interface Verdict {
  /** What found something; `nothing` where all is well. */
  readonly by: 'validate' | 'apply' | 'rules' | 'nothing';
  readonly text: string;
}

describeWithStandIn('a mistake in the deployment', (terraform) => {
  let prepared = '';
  beforeAll(async () => {
    prepared = terraform.copy();
    for (const { folder } of PLACES) await terraform.must(join(prepared, folder), 'init', '-backend=false');
  }, SLOW);

  async function verdict(folder: string, values: string): Promise<Verdict> {
    const applied = await terraform.run(
      folder,
      'apply',
      '-auto-approve',
      '-parallelism=30',
      variables(values),
    );
    if (!applied.ok) {
      const validated = await terraform.run(folder, 'validate');
      return validated.ok ? { by: 'apply', text: applied.text } : { by: 'validate', text: validated.text };
    }
    const wrong = wrongWith(await terraform.must(folder, 'show', '-json'));
    return { by: wrong.length === 0 ? 'nothing' : 'rules', text: wrong.join('\n') };
  }

  // The root without a mistake is applied in terraform.test.ts.
  describe('that is none', () => {
    it.each(PLACES.filter(({ folder }) => folder !== '.'))(
      'is not found in $folder',
      async ({ folder, values }) => {
        const copy = terraform.copy(prepared);
        expect(await verdict(join(copy, folder), values)).toEqual({ by: 'nothing', text: '' });
      },
      SLOW,
    );
  });

  it.each(MISTAKES)(
    'is found: $title',
    async ({ file, edit, folder, values, by, says }) => {
      const copy = terraform.copy(prepared);
      const path = join(copy, file);
      writeFileSync(path, edit(readFileSync(path, 'utf8')));
      const found = await verdict(join(copy, folder), values);
      expect(found.by, found.text).toBe(by);
      // Terraform breaks its lines where the terminal would.
      expect(found.text.replaceAll(/\s+/g, ' ')).toMatch(says);
    },
    SLOW,
  );
});
