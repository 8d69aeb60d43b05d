/** One argument or block in the notation of test/terraform/provider/arguments/README.md. */
import { JobtrailError } from '../../shared/errors.ts';
import type { Attribute, Default, Given, ValueType } from './schema.ts';

/** An argument or block with what its marks say of its neighbours, which the block around it collects. */
export interface Item {
  readonly name: string;
  readonly conflictsWith: readonly string[];
  readonly exactlyOneWith: readonly string[] | undefined;
  readonly content:
    | { readonly kind: 'attribute'; readonly attribute: Attribute }
    | {
        readonly kind: 'block';
        readonly nesting: 'list' | 'set';
        readonly required: boolean;
        readonly repeated: boolean;
      };
}

const TYPES: ReadonlyMap<string, ValueType> = new Map<string, ValueType>([
  ['str', 'string'],
  ['bool', 'bool'],
  ['int', 'number'],
  ['num', 'number'],
  ['map', ['map', 'string']],
  ['list', ['list', 'string']],
  ['list(num)', ['list', 'number']],
  ['set', ['set', 'string']],
]);

const GIVEN: ReadonlyMap<string, Given> = new Map<string, Given>([
  ['!', 'required'],
  ['', 'optional'],
  ['~', 'optional-computed'],
  ['<', 'computed'],
]);

const ITEM = /^([a-z][a-z0-9_]*)([!~<]?) (\{\}\*?|list\(num\)|[a-z]+)((?: .*)?)$/;
const MARK = /^ (\^|sens|WO|set|=("[^"]*"|\S+)|\{([A-Z0-9_|]+)\}|(x|1of)\(([a-z0-9_,]+)\))/;

interface Marks {
  readonly flags: ReadonlySet<string>;
  readonly default: string | undefined;
  readonly oneOf: readonly string[] | undefined;
  readonly conflictsWith: readonly string[];
  readonly exactlyOneWith: readonly string[] | undefined;
}

export function parseItem(text: string): Item {
  const [, name = '', mark = '', typeName = '', rest = ''] = ITEM.exec(text) ?? wrong(text);
  const marks = parseMarks(rest, text);
  const { conflictsWith, exactlyOneWith } = marks;
  const given = GIVEN.get(mark) ?? wrong(text);
  if (typeName.startsWith('{}')) {
    if (given === 'computed' || marks.default !== undefined || marks.oneOf !== undefined) wrong(text);
    const nesting = marks.flags.has('set') ? 'set' : 'list';
    const content = {
      kind: 'block',
      nesting,
      required: given === 'required',
      repeated: typeName === '{}*',
    } as const;
    return { name, conflictsWith, exactlyOneWith, content };
  }
  const type = TYPES.get(typeName) ?? wrong(text);
  if (marks.flags.has('set')) wrong(text);
  const attribute: Attribute = {
    type,
    given,
    ...defaultOf(marks.default, given, type, text),
    ...(marks.oneOf === undefined ? {} : { oneOf: marks.oneOf }),
    ...(marks.flags.has('sens') ? { sensitive: true } : {}),
    ...(marks.flags.has('WO') ? { writeOnly: true } : {}),
    ...(marks.flags.has('^') ? { replaces: true } : {}),
  };
  return { name, conflictsWith, exactlyOneWith, content: { kind: 'attribute', attribute } };
}

function parseMarks(text: string, item: string): Marks {
  const flags = new Set<string>();
  let byDefault: string | undefined;
  let oneOf: readonly string[] | undefined;
  let conflictsWith: readonly string[] = [];
  let exactlyOneWith: readonly string[] | undefined;
  for (let rest = text; rest !== '';) {
    const match = MARK.exec(rest) ?? wrong(item);
    const [whole, mark = '', value, values, relation, names = ''] = match;
    if (value !== undefined) byDefault = value;
    else if (values !== undefined) oneOf = values.split('|');
    else if (relation === 'x') conflictsWith = names.split(',');
    else if (relation === '1of') exactlyOneWith = names.split(',');
    else flags.add(mark);
    rest = rest.slice(whole.length);
  }
  return { flags, default: byDefault, oneOf, conflictsWith, exactlyOneWith };
}

/** Of what the API alone gives, the value is what it answers; otherwise what holds where none is configured. */
function defaultOf(
  value: string | undefined,
  given: Given,
  type: ValueType,
  item: string,
): Pick<Attribute, 'default' | 'answer'> {
  if (value === undefined) return {};
  if (given !== 'computed') return { default: parseDefault(value, type, item) };
  return type === 'string' ? { answer: unquoted(value) } : wrong(item);
}

function unquoted(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1) : text;
}

function parseDefault(text: string, type: ValueType, item: string): Default {
  const plain = unquoted(text);
  if (type === 'string') return plain;
  if (type === 'bool' && (plain === 'true' || plain === 'false')) return plain === 'true';
  if (type === 'number' && Number.isFinite(Number(plain))) return Number(plain);
  return wrong(item);
}

function wrong(item: string): never {
  throw new JobtrailError(
    'usage',
    `“${item}” is no argument in the notation of the argument tables.`,
    'See test/terraform/provider/arguments/README.md for the notation.',
  );
}
