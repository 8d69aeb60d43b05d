/** The folders of the deployment that Terraform is run in, and the values that each is planned with. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DEPLOYMENT } from './copies.ts';

/**
 * Arguments that name the values to plan a folder with: those it brings (tests/plan.tfvars, or terraform.tfvars, which Terraform reads by
 * itself), or test/terraform/variables/ for a module.
 */
export function valuesFor(folder: string): string[] {
  const own = join(DEPLOYMENT, folder, 'tests/plan.tfvars');
  if (existsSync(own)) return [`-var-file=${own}`];
  if (existsSync(join(DEPLOYMENT, folder, 'terraform.tfvars'))) return [];
  return [variables(folder)];
}

/** The argument for one of test/terraform/variables/. */
export function variables(name: string): string {
  const file = join(import.meta.dirname, 'variables', `${name}.tfvars.json`);
  if (!existsSync(file)) throw new Error(`there are no values to plan ${name} with: write ${file}`);
  return `-var-file=${file}`;
}

/** Folders of the deployment with files of Terraform: the root first (`.`), then modules, then examples. */
export function folders(): string[] {
  const inside = (kind: string): string[] =>
    existsSync(join(DEPLOYMENT, kind))
      ? readdirSync(join(DEPLOYMENT, kind)).map((name) => join(kind, name))
      : [];
  return ['.', ...inside('modules').sort(), ...inside('examples').sort()].filter((folder) =>
    readdirSync(join(DEPLOYMENT, folder)).some((name) => name.endsWith('.tf')),
  );
}
