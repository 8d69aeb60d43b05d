/** The company's configuration and policies as files, as functions and workers read them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { companyConfig } from '../../../cli/day/config.ts';
import { COMPANY_POLICIES } from '../../../cli/day/declared/policies.ts';

export interface CompanyFiles {
  readonly folder: string;
  remove(): void;
}

export function writeCompany(): CompanyFiles {
  const folder = mkdtempSync(join(tmpdir(), 'jobtrail-e2e-'));
  mkdirSync(join(folder, 'policies'));
  writeFileSync(join(folder, 'jobtrail.yaml'), JSON.stringify(companyConfig));
  for (const [name, text] of COMPANY_POLICIES) writeFileSync(join(folder, name), text);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
