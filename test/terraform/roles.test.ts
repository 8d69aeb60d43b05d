/** What identities of the deployment may do: no role that reaches too far, the page as the files are, the plan as the page. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { declaredGrants, functionGrants, ROLE_PARTS } from '../../scripts/docs/roles.ts';
import { fill, markedParts } from '../../scripts/docs/markdown.ts';
import { DEPLOYMENT } from './copies.ts';
import { variables } from './folders.ts';
import { describeWithTerraform } from './harness.ts';

const SLOW = 120_000;
/** Owner, editor and viewer of everything, and whatever administers: roles/spanner.databaseAdmin, roles/pubsub.admin. */
const TOO_FAR = /^roles\/(owner|editor|viewer)$|admin$/i;

describe('roles of the deployment', () => {
  it('are none that owns, edits or administers, wherever one is written', () => {
    const files = globSync(['*.tf', '*.json', 'modules/*/*.tf', 'examples/*/*.tf'], { cwd: DEPLOYMENT });
    const written = files.flatMap((file) =>
      Array.from(
        readFileSync(join(DEPLOYMENT, file), 'utf8').matchAll(/"(roles\/[\w.]+)"/g),
        ([, role = '']) => role,
      ),
    );
    expect(written.length).toBeGreaterThan(15);
    expect(written.filter((role) => TOO_FAR.test(role))).toEqual([]);
  });

  it('are added one by one: a binding or a policy would take away what others granted', () => {
    const files = globSync(['*.tf', 'modules/*/*.tf', 'examples/*/*.tf'], { cwd: DEPLOYMENT });
    const authoritative = files.filter((file) =>
      /resource "google_\w+_iam_(binding|policy)"/.test(readFileSync(join(DEPLOYMENT, file), 'utf8')),
    );
    expect(authoritative).toEqual([]);
  });

  it('reach over the project of the pipeline for the account that builds, and for no other', () => {
    const wide = declaredGrants().filter(({ address }) =>
      /^google_(project|folder|organization)_iam_member/.test(address),
    );
    expect(wide.map(({ address, member }) => `${address}: ${member}`)).toEqual([
      'google_project_iam_member.build_logs: google_service_account.build.member',
      'google_project_iam_member.build_images: google_service_account.build.member',
      'google_project_iam_member.build_sources: google_service_account.build.member',
      // In other projects alone: what functions.json calls projectRoles.
      'google_project_iam_member.elsewhere: google_service_account.this.member',
    ]);
  });

  it('are told with the conditions that bound them', () => {
    const bounded = declaredGrants().flatMap(({ address, condition }) =>
      condition === undefined ? [] : [`${address}: ${condition}`],
    );
    const ofDatabase =
      'resource.type == "spanner.googleapis.com/DatabaseRole" && resource.name.endsWith("/ROLE")';
    expect(bounded).toEqual([
      'google_project_iam_member.build_sources: resource.name.startsWith("projects/_/buckets/gcf-v2-sources-NUMBER-")',
      `google_spanner_database_iam_member.role: ${ofDatabase}`,
      `google_spanner_database_iam_member.people_role: ${ofDatabase}`,
    ]);
    const page = readFileSync(join(DEPLOYMENT, '../docs/deploy.md'), 'utf8');
    expect(page).toContain(
      'the project of the pipeline, where `resource.name.startsWith("projects/_/buckets/gcf-v2-sources-NUMBER-")`',
    );
  });

  it('stand in docs/deploy.md as they are (`npm run docs` after a change)', () => {
    const page = readFileSync(join(DEPLOYMENT, '../docs/deploy.md'), 'utf8');
    expect(markedParts(page)).toEqual(['roles-functions', 'roles-others']);
    expect(page).toBe(fill(page, new Map(ROLE_PARTS)));
  });
});

const Shown = z.object({
  resource_changes: z.array(
    z.object({ address: z.string(), type: z.string(), change: z.object({ after: z.looseObject({}) }) }),
  ),
});
const OF_FUNCTION = /^module\.(?:source_function\["(\w+)"\]|(\w+)(?:\[0\])?)\.google_\w+_iam_member\.(\w+)/;

describeWithTerraform('roles that Terraform plans', (terraform) => {
  const planned = new Map<string, Set<string>>();
  beforeAll(async () => {
    const folder = terraform.copy();
    await terraform.must(folder, 'init', '-backend=false');
    await terraform.must(folder, 'plan', '-lock=false', '-out=plan', variables('roles'));
    const text = await terraform.must(folder, 'show', '-json', 'plan');
    for (const { address, change } of Shown.parse(JSON.parse(text)).resource_changes) {
      const [, source, other, grant] = OF_FUNCTION.exec(address) ?? [];
      const name = source ?? other;
      // The callers of a function are not its own.
      if (name === undefined || grant === 'invoker' || !functionGrants().has(name)) continue;
      planned.set(name, (planned.get(name) ?? new Set()).add(String(change.after['role'])));
    }
  }, SLOW);

  it.each(Array.from(functionGrants().keys()))('of %s are those of the table, and no other', (name) => {
    const told = new Set(
      functionGrants()
        .get(name)
        ?.map(({ role }) => role),
    );
    expect(planned.get(name)).toEqual(told);
  });
});
