/**
 * What each detection of the catalogue needs to see, and the source that brings it: the tables of docs/evidence.md, held
 * as data so that test/docs/evidence.test.ts can look for every row of them in what the sources make of their samples.
 */
import { CONTROL } from './evidence/control.ts';
import { DATA } from './evidence/data.ts';
import { MISSING } from './evidence/missing.ts';
import { OWN } from './evidence/own.ts';
import type { EvidenceRow } from './evidence/row.ts';
import { TRAFFIC } from './evidence/traffic.ts';
import { WORK } from './evidence/work.ts';
import { code, codes, table } from './markdown.ts';

export const EVIDENCE: readonly EvidenceRow[] = [...WORK, ...TRAFFIC, ...DATA, ...CONTROL, ...OWN];
export { MISSING };

/** Stands for the rules of others that are taken over as they are. */
export const PEERS = 'peers';

/** The detections of the catalogue, by class and number. */
export const DETECTIONS: readonly string[] = Object.entries({ U: 14, L: 16, D: 9, X: 5, P: 5 }).flatMap(
  ([kind, count]) => Array.from({ length: count }, (_, at) => kind + String(at + 1).padStart(2, '0')),
);

/** Ids in the order of the catalogue. */
const sorted = (ids: readonly string[]): string =>
  [...DETECTIONS, PEERS].filter((id) => ids.includes(id)).join(' ');

const evidenceTable = (rows: readonly EvidenceRow[]): string =>
  table(
    ['evidence', 'source', 'methods', 'action', 'found in', 'needed by'],
    rows.map(({ what, needed, source, methods, actions, found }) => [
      what,
      code(source),
      methods.includes('*') ? 'any' : codes(methods),
      codes(actions),
      codes(found),
      sorted(needed),
    ]),
  );

function byDetection(): string {
  return table(
    ['detection', 'sources', 'kinds of evidence', 'without a source'],
    [...DETECTIONS, PEERS].map((id) => {
      const rows = EVIDENCE.filter(({ needed }) => needed.includes(id));
      const sources = new Set(rows.map(({ source }) => source));
      const missing = MISSING.filter(({ needed }) => needed.includes(id));
      return [
        id,
        rows.length === 0 ? 'all: every event has its times' : [...sources].toSorted().join(', '),
        String(rows.length),
        missing.map(({ what }) => what).join('; '),
      ];
    }),
  );
}

export const EVIDENCE_PARTS: readonly (readonly [string, () => string])[] = [
  ['evidence-of-work', () => evidenceTable(WORK)],
  ['evidence-of-traffic', () => evidenceTable(TRAFFIC)],
  ['evidence-of-data', () => evidenceTable(DATA)],
  ['evidence-of-control', () => evidenceTable(CONTROL)],
  ['evidence-of-own', () => evidenceTable(OWN)],
  [
    'evidence-missing',
    () =>
      table(
        ['evidence', 'why no source brings it', 'needed by'],
        MISSING.map(({ what, needed, why }) => [what, why, sorted(needed)]),
      ),
  ],
  ['evidence-by-detection', byDetection],
];
