/** Files that are generated whole, for the editors of those who write configuration, policies and records. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { Alert } from '../../schemas/alert.ts';
import { Approval } from '../../schemas/approval.ts';
import { Config } from '../../schemas/config.ts';
import { Deploy } from '../../schemas/deploy.ts';
import { PolicyCases } from '../../schemas/policy-case.ts';
import { Rule } from '../../schemas/rule.ts';
import { cedarSchema } from '../../shared/policy/schema.ts';
import type { Page } from '../docs.ts';

const FOLDER = join(import.meta.dirname, '../../schemas');

/** JSON Schema 2020-12 of what is written, defaults left out or not. */
const JSON_SCHEMAS: readonly (readonly [name: string, title: string, schema: z.ZodType])[] = [
  ['jobtrail', 'jobtrail.yaml', Config],
  ['policy-cases', 'policies/tests/*.yaml', PolicyCases],
  ['rule', 'rules/*.yaml', Rule],
  ['approval', 'jobtrail.approval.v1', Approval],
  ['deploy', 'jobtrail.deploy.v1', Deploy],
  ['alert', 'jobtrail.alert.v1', Alert],
];

export function generatedFiles(): readonly Page[] {
  const schemas = JSON_SCHEMAS.map(([name, title, schema]) =>
    page(`json/${name}.schema.json`, jsonSchema(title, schema)),
  );
  return [...schemas, page('cedar/jobtrail.cedarschema', cedarSchema())];
}

function jsonSchema(title: string, schema: z.ZodType): string {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return `${JSON.stringify({ $schema, title, ...rest }, undefined, 2)}\n`;
}

function page(name: string, current: string): Page {
  const file = join(FOLDER, name);
  return { file, written: existsSync(file) ? readFileSync(file, 'utf8') : '', current };
}
