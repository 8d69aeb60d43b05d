import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cells, fit, printable } from '../../cli/printable.ts';
import { renderCsv, renderJson, renderTable } from '../../cli/table.ts';
import type { TableRow } from '../../cli/table.ts';

const jobs = {
  columns: ['job', 'actor', 'entries'],
  rows: [
    { job: 'orders-curate', actor: 'ana@example.com', entries: 12 },
    { job: 'push', actor: null, entries: 1203 },
  ],
};

/** Anything a terminal would obey, or that makes text look like other text. */
const OBEYED = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const hostile = fc.string({ unit: 'binary', maxLength: 40 });

describe('printable', () => {
  it.each([
    ['\u001b[31mred', '\\u001b[31mred'],
    ['\u009b31m', '\\u009b31m'],
    ['\u001b]0;title\u0007', '\\u001b]0;title\\u0007'],
    ['a\r\nb\tc', 'a\\r\\nb\\tc'],
    ['gs://b/\u202egpj.teuqrap', 'gs://b/\\u202egpj.teuqrap'],
    ['a\u2066b\u2069', 'a\\u2066b\\u2069'],
    ['ad\u200bmin', 'ad\\u200bmin'],
    ['tag\u{e0041}', 'tag\\u{e0041}'],
    ['half \ud83d', 'half \\ud83d'],
    ['fill\u3164er', 'fill\\u3164er'],
    ['C:\\u001b', 'C:\\\\u001b'],
    ['Zoë 東京 ok', 'Zoë 東京 ok'],
  ])('shows %j as %j', (text, expected) => {
    expect(printable(text)).toBe(expected);
  });

  it('leaves nothing that is obeyed, and tells any two texts apart', () => {
    fc.assert(
      fc.property(hostile, hostile, (a, b) => {
        expect(OBEYED.test(printable(a))).toBe(false);
        expect(printable(a) === printable(b)).toBe(a === b);
      }),
    );
  });
});

describe('width', () => {
  it.each([
    ['abc', 3],
    ['東京', 4],
    ['e\u0301', 1],
    ['😀', 2],
  ])('of %s is %i cells', (text, width) => {
    expect(cells(text)).toBe(width);
  });

  it('cuts to the cells there are', () => {
    expect(fit('gs://acme-curated', 8)).toBe('gs://ac…');
    expect(fit('東京東京', 5)).toBe('東京…');
    fc.assert(
      fc.property(hostile, fc.integer({ min: 1, max: 30 }), (text, width) => {
        expect(cells(fit(printable(text), width))).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe('a table', () => {
  it('has its columns under their names, numbers to the right', () => {
    expect(renderTable(jobs)).toBe(
      [
        'job            actor            entries',
        '─────────────  ───────────────  ───────',
        'orders-curate  ana@example.com       12',
        'push                               1203',
        '',
      ].join('\n'),
    );
  });

  it('shows only its names when there are no rows, and nothing without columns', () => {
    expect(renderTable({ columns: ['a', 'bc'], rows: [] })).toBe('a  bc\n─  ──\n');
    expect(renderTable({ columns: [], rows: [{ a: 1 }] })).toBe('');
  });

  it('cuts the widest columns first', () => {
    const rows = [{ id: 'short', path: 'x'.repeat(200), n: 5 }];
    const lines = renderTable({ columns: ['id', 'path', 'n'], rows }, { width: 40 })
      .trimEnd()
      .split('\n');
    expect(lines[2]).toBe(`short  ${'x'.repeat(29)}…  5`);
    expect(lines.map((line) => cells(line)).every((width) => width <= 40)).toBe(true);
  });

  it('is as many lines as rows, each inside the terminal, whatever the values', () => {
    const row = fc.record({
      a: hostile,
      b: fc.oneof(hostile, fc.integer()),
      c: fc.array(hostile, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 6 }), fc.integer({ min: 30, max: 120 }), (rows, width) => {
        const lines = renderTable({ columns: ['a', 'b', 'c'], rows }, { width }).split('\n');
        expect(lines).toHaveLength(rows.length + 3);
        for (const line of lines) {
          expect(cells(line)).toBeLessThanOrEqual(width);
          expect(OBEYED.test(line)).toBe(false);
        }
      }),
    );
  });

  it('reads own properties only', () => {
    const rows: TableRow[] = [{ a: 'x' }];
    expect(renderTable({ columns: ['a', 'constructor', '__proto__'], rows })).toContain('x');
    expect(renderJson({ columns: ['a', 'constructor'], rows })).toBe('{"a":"x","constructor":null}\n');
  });
});

describe('CSV', () => {
  it('quotes what needs it and ends lines as RFC 4180 says', () => {
    const rows = [{ a: 'plain', b: 'with "quotes", and\nlines', c: 3 }];
    expect(renderCsv({ columns: ['a', 'b', 'c'], rows })).toBe(
      'a,b,c\r\nplain,"with ""quotes"", and\nlines",3\r\n',
    );
  });

  it.each(['=1+1', '+1', '-1+2', '@SUM(A1)', '\t=1', ' =1', '＝1', '\r=1', '=HYPERLINK("http://x")'])(
    'does not let %j be calculated',
    (formula) => {
      const csv = renderCsv({ columns: ['a'], rows: [{ a: formula }] });
      const [, cell = ''] = csv.split(/\r\n(?=["'])/);
      expect(cell.startsWith(`"'`)).toBe(true);
    },
  );

  it('leaves numbers alone, the negative ones too', () => {
    expect(renderCsv({ columns: ['n'], rows: [{ n: -3 }, { n: 12n }] })).toBe('n\r\n-3\r\n12\r\n');
  });

  it('gives back every value to a reader of CSV', () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 5 }), (values) => {
        const columns = values.map((_, i) => `c${String(i)}`);
        const row = Object.fromEntries(values.map((value, i) => [`c${String(i)}`, value]));
        const read = parseCsv(renderCsv({ columns, rows: [row] }))[1] ?? [];
        expect(read.map((value, i) => (value === `'${values[i] ?? ''}` ? values[i] : value))).toEqual(values);
      }),
    );
  });
});

/** RFC 4180, for the test. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    let value = '';
    if (text[at] === '"') {
      at += 1;
      while (text[at] !== '"' || text[at + 1] === '"') {
        if (text[at] === '"') at += 1;
        value += text[at] ?? '';
        at += 1;
      }
      at += 1;
    } else {
      while (text[at] !== ',' && !text.startsWith('\r\n', at)) {
        value += text[at] ?? '';
        at += 1;
      }
    }
    row.push(value);
    if (text[at] === ',') {
      at += 1;
    } else {
      rows.push(row);
      row = [];
      at += 2;
    }
  }
  return rows;
}

describe('JSON', () => {
  it('is one object a line, columns in order, absent values null', () => {
    expect(renderJson(jobs)).toBe(
      '{"job":"orders-curate","actor":"ana@example.com","entries":12}\n{"job":"push","actor":null,"entries":1203}\n',
    );
  });

  it('keeps integers that a number cannot hold', () => {
    expect(renderJson({ columns: ['n'], rows: [{ n: 9_007_199_254_740_993n }, { n: 5n }] })).toBe(
      '{"n":"9007199254740993"}\n{"n":5}\n',
    );
  });

  it('gives back every value, and nothing that a terminal obeys', () => {
    fc.assert(
      fc.property(hostile, (value) => {
        const text = renderJson({ columns: ['v'], rows: [{ v: value }] });
        expect(JSON.parse(text)).toEqual({ v: value });
        expect(OBEYED.test(text.trimEnd())).toBe(false);
      }),
    );
  });
});
