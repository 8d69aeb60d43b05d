/**
 * `node scripts/terraform-schema.ts`: the argument tables in test/terraform/provider/arguments/ → schema.json beside
 * them, which the stand-in provider serves. test/terraform/schema.test.ts fails when it is stale.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Block } from './terraform-schema/schema.ts';
import { schemaOf } from './terraform-schema/tables.ts';

const FOLDER = join(import.meta.dirname, '../test/terraform/provider');

/** Where the schema is kept. */
export const SCHEMA_FILE = join(FOLDER, 'schema.json');

/** schema.json as it would be written now. */
export function schemaText(): string {
  const files = globSync(join(FOLDER, 'arguments/*.txt')).sort();
  const { provider, resources, dataSources } = schemaOf(files.map((file) => readFileSync(file, 'utf8')));
  return `{
"provider": ${JSON.stringify(provider)},
"resources": {
${lines(resources)}
},
"dataSources": {
${lines(dataSources)}
}
}
`;
}

/** One line for each, so that a difference names the resource it is in. */
function lines(blocks: Readonly<Record<string, Block>>): string {
  return Object.entries(blocks)
    .map(([name, block]) => `${JSON.stringify(name)}: ${JSON.stringify(block)}`)
    .join(',\n');
}

if (import.meta.main) {
  writeFileSync(SCHEMA_FILE, schemaText());
  console.log(`wrote ${SCHEMA_FILE}`);
}
