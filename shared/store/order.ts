/** Orders of rows that are read by key and put together by the client. */
import type { Row } from '../../schemas/tables.ts';

const EDGE_KEY = ['Node', 'Op', 'JobId', 'EventId', 'Variant'];
const EVENT_ORDER = ['EventTime', 'EventId', 'Variant'];

function by(columns: readonly string[]): (a: Row, b: Row) => number {
  return (a, b) => {
    for (const column of columns) {
      const left = String(a[column]);
      const right = String(b[column]);
      if (left !== right) return left < right ? -1 : 1;
    }
    return 0;
  };
}

export const byEdgeKey = by(EDGE_KEY);
export const byEventTime = by(EVENT_ORDER);
