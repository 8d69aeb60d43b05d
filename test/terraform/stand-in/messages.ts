/** The schema as the protocol's messages. */
import type { Block, NestedBlock, ProviderSchema } from '../../../scripts/terraform-schema/schema.ts';

/** Of the repeated blocks, as many as one likes. */
const ANY = 0;

export function schemaMessage(schema: ProviderSchema): object {
  const each = (blocks: Readonly<Record<string, Block>>): object =>
    Object.fromEntries(Object.entries(blocks).map(([name, block]) => [name, { block: blockMessage(block) }]));
  return {
    provider: { block: blockMessage(schema.provider) },
    resource_schemas: each(schema.resources),
    data_source_schemas: each(schema.dataSources),
  };
}

function blockMessage(block: Block): object {
  return {
    attributes: Object.entries(block.attributes).map(([name, attribute]) => ({
      name,
      type: Buffer.from(JSON.stringify(attribute.type)),
      required: attribute.given === 'required',
      optional: attribute.given === 'optional' || attribute.given === 'optional-computed',
      computed: attribute.given === 'computed' || attribute.given === 'optional-computed',
      sensitive: attribute.sensitive ?? false,
      write_only: attribute.writeOnly ?? false,
    })),
    block_types: Object.entries(block.blocks).map(([name, nested]) => nestedMessage(name, nested)),
  };
}

function nestedMessage(name: string, nested: NestedBlock): object {
  const single = nested.nesting === 'single';
  return {
    type_name: name,
    block: blockMessage(nested.block),
    nesting: nested.nesting.toUpperCase(),
    min_items: nested.required === true && !single ? 1 : ANY,
    max_items: nested.repeated === true || single ? ANY : 1,
  };
}
