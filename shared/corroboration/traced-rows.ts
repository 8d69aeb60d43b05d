/** What the rows of an entry tell beside its event, for traces. */
import type { Row } from '../../schemas/tables.ts';
import { POLICY_PLANES, type PolicyPlane } from '../model/event.ts';
import type { Beside } from './traces.ts';

interface RowOfTable {
  readonly table: string;
  readonly row: Row;
}

/** @param rows the entry's, its event's first */
export function besideOfRows(rows: readonly RowOfTable[]): Beside {
  const version = rows.find(({ table }) => table === 'PolicyVersions')?.row;
  const plane = POLICY_PLANES.find((name): name is PolicyPlane => name === version?.['Plane']);
  const policy = version?.['Policy'];
  const split = rows[0]?.row['SplitUid'];
  const waits = rows[0]?.row['WaitsFor'];
  return {
    ...(plane === undefined || typeof policy !== 'string' ? undefined : { policy: { plane, policy } }),
    ...(typeof split === 'string' && split !== '' ? { splitUid: split } : undefined),
    ...(Array.isArray(waits) && waits.length > 0 ? { waits: true } : undefined),
  };
}
