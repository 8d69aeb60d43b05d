/**
 * What the stand-in provider knows of the Google provider: which arguments a resource takes, of which type, in which
 * block. Made from the tables in test/terraform/provider/arguments/ and committed as schema.json beside them.
 */
import * as z from 'zod';

/** A type as Terraform's protocol writes it in JSON. */
export type ValueType = 'string' | 'bool' | 'number' | readonly ['list' | 'set' | 'map', 'string' | 'number'];

/** Who gives the value: the configuration must, may, may with a value of the API's own otherwise, or never. */
export type Given = 'required' | 'optional' | 'optional-computed' | 'computed';

export type Default = string | number | boolean;

export interface Attribute {
  readonly type: ValueType;
  readonly given: Given;
  readonly default?: Default | undefined;
  /** What the stand-in answers for the API: a text with names of other arguments in braces. */
  readonly answer?: string | undefined;
  /** The values that are taken; of a set, for each element. */
  readonly oneOf?: readonly string[] | undefined;
  readonly sensitive?: true | undefined;
  readonly writeOnly?: true | undefined;
  /** A change makes the resource anew. */
  readonly replaces?: true | undefined;
}

export interface NestedBlock {
  readonly nesting: 'single' | 'list' | 'set';
  readonly required?: true | undefined;
  /** Absent: at most one. */
  readonly repeated?: true | undefined;
  readonly block: Block;
}

export interface Block {
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly blocks: Readonly<Record<string, NestedBlock>>;
  /** Pairs of arguments or blocks that exclude each other. */
  readonly conflicts?: readonly (readonly [string, string])[] | undefined;
  /** Groups of which exactly one is given. */
  readonly exactlyOneOf?: readonly (readonly string[])[] | undefined;
}

export interface ProviderSchema {
  readonly provider: Block;
  readonly resources: Readonly<Record<string, Block>>;
  readonly dataSources: Readonly<Record<string, Block>>;
}

const ValueType: z.ZodType<ValueType> = z.union([
  z.enum(['string', 'bool', 'number']),
  z.tuple([z.enum(['list', 'set', 'map']), z.enum(['string', 'number'])]),
]);

const Attribute: z.ZodType<Attribute> = z.strictObject({
  type: ValueType,
  given: z.enum(['required', 'optional', 'optional-computed', 'computed']),
  default: z.union([z.string(), z.number(), z.boolean()]).optional(),
  answer: z.string().optional(),
  oneOf: z.array(z.string()).optional(),
  sensitive: z.literal(true).optional(),
  writeOnly: z.literal(true).optional(),
  replaces: z.literal(true).optional(),
});

const NestedBlock: z.ZodType<NestedBlock> = z.lazy(() =>
  z.strictObject({
    nesting: z.enum(['single', 'list', 'set']),
    required: z.literal(true).optional(),
    repeated: z.literal(true).optional(),
    block: Block,
  }),
);

const Block: z.ZodType<Block> = z.strictObject({
  attributes: z.record(z.string(), Attribute),
  blocks: z.record(z.string(), NestedBlock),
  conflicts: z.array(z.tuple([z.string(), z.string()])).optional(),
  exactlyOneOf: z.array(z.array(z.string())).optional(),
});

/** schema.json, read back. */
export const ProviderSchema: z.ZodType<ProviderSchema> = z.strictObject({
  provider: Block,
  resources: z.record(z.string(), Block),
  dataSources: z.record(z.string(), Block),
});
