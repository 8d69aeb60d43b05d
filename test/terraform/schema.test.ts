/** Argument tables: what their notation says, that the committed schema is made of them, and what the stand-in refuses. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SCHEMA_FILE, schemaText } from '../../scripts/terraform-schema.ts';
import { ProviderSchema } from '../../scripts/terraform-schema/schema.ts';
import { schemaOf } from '../../scripts/terraform-schema/tables.ts';
import { answered, planned, replacing } from './stand-in/states.ts';
import { problemsOf } from './stand-in/validate.ts';
import { decodeValue, encodeValue, type ObjectValue, UNKNOWN } from './stand-in/values.ts';

const TABLE = `google_thing project id=projects/{project}/things/{name}
  name! str ^ · mode str =A {A|B} · size~ int · uri< str ="https://{name}.example" · token str WO
  inner! {}* set x(other)
    regions set {EU|US} · label str 1of(number) · number int 1of(label)
  other {}
    deep {}
      on bool =true
google_bare bare
  tags map
data google_seen
  name str`;

const schema = schemaOf([TABLE]);
const thing = schema.resources['google_thing'] ?? { attributes: {}, blocks: {} };

describe('the argument tables', () => {
  it('make the committed schema (`node scripts/terraform-schema.ts` after a change)', () => {
    const committed = readFileSync(SCHEMA_FILE, 'utf8');
    expect(committed).toBe(schemaText());
    expect(
      ProviderSchema.parse(JSON.parse(committed)).resources['google_pubsub_topic']?.attributes['name'],
    ).toEqual({
      type: 'string',
      given: 'required',
      replaces: true,
    });
  });

  it('are read by indentation, marks and types', () => {
    expect(thing.attributes).toMatchObject({
      id: { given: 'optional-computed', answer: 'projects/{project}/things/{name}' },
      mode: { type: 'string', given: 'optional', default: 'A', oneOf: ['A', 'B'] },
      size: { type: 'number', given: 'optional-computed' },
      uri: { given: 'computed', answer: 'https://{name}.example' },
      token: { writeOnly: true },
      project: { given: 'optional-computed' },
      deletion_policy: { oneOf: ['DELETE', 'PREVENT', 'ABANDON'] },
    });
    expect(thing.blocks['inner']).toMatchObject({ nesting: 'set', required: true, repeated: true });
    expect(thing.blocks['inner']?.block.exactlyOneOf).toEqual([['label', 'number']]);
    expect(thing.blocks['other']?.block.blocks['deep']?.block.attributes['on']?.default).toBe(true);
    expect(thing.conflicts).toEqual([['inner', 'other']]);
    expect(Object.keys(schema.resources['google_bare']?.attributes ?? {})).toEqual(['id', 'tags']);
    expect(Object.keys(schema.dataSources)).toEqual(['google_seen']);
  });

  it.each([
    'google_x\n  name',
    'google_x\n  name text',
    'google_x\n  name str {A,B}',
    'google_x\n  size int =many',
    'google_x\n  name< {}',
    'google_x\n  name str · name int',
    'google_x\n  name str\ngoogle_x\n  name str',
  ])('are refused where they are wrong: %j', (text) => {
    expect(() => schemaOf([text])).toThrowError(/notation|twice|two tables/);
  });
});

describe('the stand-in provider', () => {
  const valid = { name: 'a', inner: [{ regions: ['EU'], label: 'l', number: null }] };

  it.each([
    [{ ...valid, mode: 'C' }, 'expected mode to be one of A, B, got C'],
    [
      { ...valid, inner: [{ regions: ['EU', 'MARS'], label: 'l' }] },
      'expected inner.regions to be one of EU, US, got MARS',
    ],
    [{ ...valid, other: [{}] }, '"inner": conflicts with other'],
    [
      { ...valid, inner: [{ label: 'l', number: 1 }] },
      'only one of inner.label, inner.number can be specified',
    ],
    [{ ...valid, inner: [{}] }, 'one of inner.label, inner.number must be specified'],
  ])('refuses %j', (config, message) => {
    expect(problemsOf(thing, config).map(({ summary, detail }) => `${summary} ${detail}`)).toEqual([
      expect.stringContaining(message),
    ]);
  });

  it.each<ObjectValue>([
    valid,
    { ...valid, mode: UNKNOWN },
    { ...valid, inner: UNKNOWN, other: [{}] },
    { ...valid, inner: [{ label: UNKNOWN, number: null }] },
    { ...valid, inner: [{ label: 'l', number: UNKNOWN }] },
  ])('lets through what is right or not known yet', (config) => {
    expect(problemsOf(thing, config)).toEqual([]);
  });

  it('plans defaults and what is known after the apply, and answers it then', () => {
    const plan = planned(thing, { name: 'a', project: 'p', token: 'secret', inner: [] });
    expect(plan).toMatchObject({ id: UNKNOWN, mode: 'A', size: UNKNOWN, uri: UNKNOWN, token: null });
    expect(answered('google_thing', thing, plan)).toMatchObject({
      id: 'projects/p/things/a',
      size: 1,
      uri: 'https://a.example',
      token: null,
    });
    expect(replacing(thing, { name: 'a', mode: 'A' }, { name: 'b', mode: 'B' })).toEqual(['name']);
  });

  it('reads what it writes, and unknown values that Terraform knows something of', () => {
    const value: ObjectValue = { a: [1, null, UNKNOWN], b: { c: 'text', d: true } };
    expect(decodeValue(encodeValue(value))).toEqual(value);
    expect(decodeValue(new Uint8Array([0xc7, 0x03, 0x0c, 0x81, 0x01, 0xc2]))).toBe(UNKNOWN);
  });
});
