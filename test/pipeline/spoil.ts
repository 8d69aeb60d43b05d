/** Entries as others could send them: another printer's form, cut, doubled, and with anything in the place of any value. */
import type { Delivery } from './deliveries.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const DIGITS = '@digits:';

/** Numbers that a double cannot hold are texts with a mark, until `written` takes it away. */
function parseKept(text: string): Json {
  return JSON.parse(text, (_key, value: Json, context?: { readonly source?: string }) =>
    typeof value === 'number' && !Number.isSafeInteger(value)
      ? `${DIGITS}${context?.source ?? value}`
      : value,
  ) as Json;
}

const written = (value: Json, indent?: string): string =>
  JSON.stringify(value, null, indent).replaceAll(/"@digits:([^"]*)"/g, '$1');

/** Keys in the opposite order at every level, tabs between the tokens: another printer's form of the same content. */
export function reprinted({ subscription, data }: Delivery): Delivery {
  return { subscription, data: written(reversed(parseKept(data)), '\t') };
}

function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, item]) => [key, reversed(item)]),
  );
}

/** As JSON text, since some of it is nothing that JSON.stringify would write. */
const HOSTILE: readonly string[] = [
  'null',
  '[]',
  '{"__proto__":{"polluted":true},"constructor":"x"}',
  '"\\ud800"',
  '"\\u202e\\u0000\\n<script>"',
  '1e999',
  '9007199254740993',
  JSON.stringify('x'.repeat(20_000)),
  '['.repeat(40) + ']'.repeat(40),
  '"2026-13-45T99:99:99Z"',
];

/** The delivery with a hostile value in the place of one of its own, both told by `seed`. */
export function spoiled({ subscription, data }: Delivery, seed: number): Delivery {
  const mark = '@spoiled@';
  const entry = parseKept(data);
  const places: { holder: { [key: string]: Json }; key: string }[] = [];
  const walk = (value: Json): void => {
    if (typeof value !== 'object' || value === null) return;
    const holder = value as { [key: string]: Json };
    for (const key of Object.keys(holder)) {
      places.push({ holder, key });
      walk(holder[key] ?? null);
    }
  };
  walk(entry);
  const place = places[seed % places.length];
  if (place !== undefined) place.holder[place.key] = mark;
  const hostile = HOSTILE[seed % HOSTILE.length] ?? 'null';
  return { subscription, data: written(entry).replace(JSON.stringify(mark), () => hostile) };
}

export const cut = ({ subscription, data }: Delivery): Delivery => ({
  subscription,
  data: data.slice(0, Math.floor(data.length * 0.6)),
});

export const doubled = ({ subscription, data }: Delivery): Delivery => ({
  subscription,
  data: `[${data},${data}]`,
});

/** True where the entry brings an id of its own: others are told apart by their bytes. */
export function hasOwnId({ data }: Delivery): boolean {
  try {
    const entry = parseKept(data);
    return typeof entry === 'object' && entry !== null && 'insertId' in entry && 'logName' in entry;
  } catch {
    return false;
  }
}
