/** Records of mesh and gateway in the store, counted by path. */
import { createPathOfRow } from '../corroboration/health/path.ts';
import type { Store } from '../store/store.ts';
import type { RecordedPath } from './checks/evidence.ts';

/** Rows that are looked at: the newest of the time asked for. */
const MAX_ROWS = 2_000;

const SQL = `SELECT e.Source AS Source, e.Provenance AS Provenance, e.Project AS Project, e.Actor AS Actor, e.Claims AS Claims
FROM Events AS e
WHERE e.Shard >= 0 AND e.Shard < 16 AND e.EventTime >= @since AND e.Source IN ('istio', 'kong')
ORDER BY e.EventTime DESC LIMIT ${MAX_ROWS}`;

/** @param since RFC 3339 with nine fraction digits */
export async function recordedPaths(store: Store, since: string): Promise<readonly RecordedPath[]> {
  const { rows } = await store.query(SQL, { since: { type: 'timestamp', value: since } });
  const pathOfRow = createPathOfRow();
  const counts = new Map<string, { records: number; named: number; requests: number }>();
  for (const row of rows) {
    const path = pathOfRow(row);
    if (path === undefined) continue;
    const count = counts.get(path) ?? { records: 0, named: 0, requests: 0 };
    count.records += 1;
    if (typeof row['Actor'] === 'string') count.named += 1;
    if (!isConnection(row['Claims'])) count.requests += 1;
    counts.set(path, count);
  }
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, count]) => ({ path, ...count }));
}

/** Only what is no request says its grade, in the mesh; the gateway says both. */
function isConnection(claims: unknown): boolean {
  if (typeof claims !== 'string') return false;
  const parsed: unknown = JSON.parse(claims);
  return typeof parsed === 'object' && parsed !== null && 'grade' in parsed && parsed.grade === 'connection';
}
