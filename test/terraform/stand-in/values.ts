/** Values as Terraform sends them: MessagePack, with “not known before apply” as an extension of its own. */
import { decode, encode, ExtensionCodec } from '@msgpack/msgpack';

/** A value that is known after apply only. */
export const UNKNOWN: unique symbol = Symbol('known after apply');

export type Value =
  | typeof UNKNOWN
  | null
  | string
  | number
  | boolean
  | readonly Value[]
  | { readonly [name: string]: Value };

export type ObjectValue = { readonly [name: string]: Value };

/** MessagePack knows no symbols; an instance stands for the unknown value inside the codec. */
class Unknown {
  readonly known = false;
}

const PLAIN_UNKNOWN = 0;
/** Unknown, with what is known of it nevertheless (not null, a prefix); which the stand-in does not use. */
const REFINED_UNKNOWN = 12;

const codec = new ExtensionCodec();
codec.register({
  type: PLAIN_UNKNOWN,
  encode: (value) => (value instanceof Unknown ? new Uint8Array([0]) : null),
  decode: () => new Unknown(),
});
codec.register({ type: REFINED_UNKNOWN, encode: () => null, decode: () => new Unknown() });

export function decodeValue(bytes: Uint8Array): Value {
  return fromCodec(decode(bytes, { extensionCodec: codec }));
}

export function encodeValue(value: Value): Buffer {
  return Buffer.from(encode(toCodec(value), { extensionCodec: codec }));
}

export function isObject(value: Value | undefined): value is ObjectValue {
  return typeof value === 'object' && value !== null && !isList(value);
}

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

function fromCodec(value: unknown): Value {
  if (value instanceof Unknown) return UNKNOWN;
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  if (Array.isArray(value)) return value.map(fromCodec);
  if (typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, fromCodec(inner)]));
  throw new TypeError(`Terraform sent a ${typeof value}, which the stand-in provider does not read.`);
}

function toCodec(value: Value): unknown {
  if (value === UNKNOWN) return new Unknown();
  if (isList(value)) return value.map(toCodec);
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, toCodec(inner)]));
  return value;
}
