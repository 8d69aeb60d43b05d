/** Argument tables → schema: lines by their indentation into blocks, and what every resource takes besides. */
import { JobtrailError } from '../../shared/errors.ts';
import { type Item, parseItem } from './item.ts';
import type { Attribute, Block, NestedBlock, ProviderSchema } from './schema.ts';

interface Line {
  readonly depth: number;
  readonly text: string;
}

/** Deleting: done, refused, or the resource is left alone and forgotten. */
const DELETION_POLICY: Attribute = {
  type: 'string',
  given: 'optional',
  default: 'DELETE',
  oneOf: ['DELETE', 'PREVENT', 'ABANDON'],
};
const ID: Attribute = { type: 'string', given: 'optional-computed' };
const PROJECT: Attribute = { type: 'string', given: 'optional-computed', replaces: true };
const OPTIONAL: Attribute = { type: 'string', given: 'optional' };
const TIMEOUTS: NestedBlock = {
  nesting: 'single',
  block: { attributes: { create: OPTIONAL, delete: OPTIONAL, read: OPTIONAL, update: OPTIONAL }, blocks: {} },
};
/** Of the provider's own block, what a deployment sets. */
const PROVIDER: Block = {
  attributes: {
    access_token: { ...OPTIONAL, sensitive: true },
    billing_project: OPTIONAL,
    credentials: { ...OPTIONAL, sensitive: true },
    default_labels: { type: ['map', 'string'], given: 'optional' },
    deletion_policy: OPTIONAL,
    impersonate_service_account: OPTIONAL,
    project: OPTIONAL,
    region: OPTIONAL,
    user_project_override: { type: 'bool', given: 'optional' },
    zone: OPTIONAL,
  },
  blocks: {},
};

/** The schema of tables given as texts; which file a table stands in does not matter. */
export function schemaOf(texts: readonly string[]): ProviderSchema {
  const resources = new Map<string, Block>();
  const dataSources = new Map<string, Block>();
  for (const [heading, body] of texts.flatMap(sections)) {
    const words = heading.split(' ');
    const kind = words[0] === 'data' ? dataSources : resources;
    const [name = '', ...flags] = kind === dataSources ? words.slice(1) : words;
    if (kind.has(name)) throw new JobtrailError('usage', `${name} has two tables.`, 'Keep one of them.');
    const block = withId(blockOf(body), flags);
    kind.set(name, kind === dataSources ? block : resource(block, flags));
  }
  return { provider: PROVIDER, resources: sorted(resources), dataSources: sorted(dataSources) };
}

function withId(block: Block, flags: readonly string[]): Block {
  const answer = flags.find((flag) => flag.startsWith('id='))?.slice('id='.length);
  const id: Attribute = { ...ID, ...(answer === undefined ? {} : { answer }) };
  return { ...block, attributes: { id, ...block.attributes } };
}

/** `bare` takes none of what resources usually take; `project` stands in one project. */
function resource(block: Block, flags: readonly string[]): Block {
  if (flags.includes('bare')) return block;
  const { attributes, blocks, ...rules } = block;
  return {
    attributes: {
      ...attributes,
      deletion_policy: DELETION_POLICY,
      ...(flags.includes('project') ? { project: PROJECT } : {}),
    },
    blocks: { ...blocks, timeouts: TIMEOUTS },
    ...rules,
  };
}

/** Each heading with the lines under it. */
function sections(text: string): (readonly [string, readonly Line[]])[] {
  const found: [string, Line[]][] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const depth = line.length - line.trimStart().length;
    if (depth === 0) found.push([line, []]);
    else found.at(-1)?.[1].push({ depth, text: line.trim() });
  }
  return found;
}

function blockOf(lines: readonly Line[]): Block {
  const attributes = new Map<string, Attribute>();
  const blocks = new Map<string, NestedBlock>();
  const items: Item[] = [];
  const depth = lines[0]?.depth ?? 0;
  for (const [index, line] of lines.entries()) {
    if (line.depth > depth) continue;
    for (const text of line.text.split(' · ')) {
      const item = parseItem(text);
      const { name, content } = item;
      if (attributes.has(name) || blocks.has(name))
        throw new JobtrailError('usage', `${name} stands twice in one block.`, 'Keep one of them.');
      items.push(item);
      if (content.kind === 'attribute') {
        attributes.set(name, content.attribute);
        continue;
      }
      const after = lines.slice(index + 1);
      const end = after.findIndex((inner) => inner.depth <= depth);
      blocks.set(name, {
        nesting: content.nesting,
        ...(content.required ? { required: true } : {}),
        ...(content.repeated ? { repeated: true } : {}),
        block: blockOf(end === -1 ? after : after.slice(0, end)),
      });
    }
  }
  return { attributes: sorted(attributes), blocks: sorted(blocks), ...rulesOf(items) };
}

/** What items say of each other, where both are in the tables: rarely used arguments are left out of them. */
function rulesOf(items: readonly Item[]): Pick<Block, 'conflicts' | 'exactlyOneOf'> {
  const known = new Set(items.map((item) => item.name));
  const pairs = new Map<string, [string, string]>();
  const groups = new Map<string, string[]>();
  for (const item of items) {
    for (const other of item.conflictsWith) {
      const [first, second] = item.name < other ? [item.name, other] : [other, item.name];
      if (known.has(other)) pairs.set(`${first} ${second}`, [first, second]);
    }
    if (item.exactlyOneWith === undefined) continue;
    const group = [...new Set([item.name, ...item.exactlyOneWith])].filter((name) => known.has(name)).sort();
    groups.set(group.join(' '), group);
  }
  return {
    ...(pairs.size === 0 ? {} : { conflicts: [...pairs.values()] }),
    ...(groups.size === 0 ? {} : { exactlyOneOf: [...groups.values()] }),
  };
}

function sorted<T>(map: ReadonlyMap<string, T>): Record<string, T> {
  return Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}
