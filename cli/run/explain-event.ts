/** One event by its id: every recorded column, of every content met under the id. */
import { TABLES } from '../../schemas/tables.ts';
import type { Store } from '../../shared/store/store.ts';
import { verdictsSections } from './explain-verdicts.ts';
import { section, text, type Explanation } from './explanation.ts';

/** Enough of the id to be sure that it is one. */
export const isEventId = (id: string): boolean => /^[0-9a-f]{64}$/.test(id);

export async function explainEvent(store: Store, id: string): Promise<Explanation | undefined> {
  const events = await store.eventsById([id]);
  const [first] = events;
  if (first === undefined) return undefined;
  return {
    kind: 'event',
    id,
    facts: [
      ['contents under this id', String(events.length)],
      ['log', text(first['LogName'])],
      ['insert id', text(first['InsertId'])],
    ],
    sections: [
      ...(await verdictsSections(store, { jobs: [], anchors: [id] })),
      ...events.map((row) =>
        section(
          `variant ${text(row['Variant'])}`,
          ['column', 'value'],
          TABLES.Events.columns.flatMap(({ name }) => {
            const value = row[name];
            return value === undefined || value === null ? [] : [{ column: name, value }];
          }),
        ),
      ),
    ],
  };
}
