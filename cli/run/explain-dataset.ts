/** One dataset: who touched it through which job, and where it comes from and goes to. */
import { walkLineage, type Direction, type Lineage } from '../../shared/lineage/walk.ts';
import type { Store } from '../../shared/store/store.ts';
import { second, section, text, type Explanation, type Section } from './explanation.ts';

const OPS = ['read', 'write', 'use'];

export async function explainDataset(
  store: Store,
  id: string,
  hops: number,
): Promise<Explanation | undefined> {
  const edges = await store.edges([{ node: id, ops: OPS }]);
  if (edges.length === 0) return undefined;
  const latest = edges.toSorted((a, b) => (text(a['EventTime']) > text(b['EventTime']) ? -1 : 1));
  const count = (op: string): number => edges.filter((row) => row['Op'] === op).length;
  return {
    kind: 'dataset',
    id,
    facts: [
      ['read by', `${count('read')} submissions`],
      ['written by', `${count('write')} submissions`],
      ['used by', `${count('use')} submissions whose direction is not told`],
      ['jobs', String(new Set(edges.map((row) => row['JobId'])).size)],
    ],
    sections: [
      section(
        'touched by',
        ['at', 'op', 'who', 'acting for', 'job', 'outcome', 'strength', 'event'],
        latest.map((row) => ({
          at: second(row['EventTime']),
          op: text(row['Op']),
          who: text(row['Actor']),
          'acting for': text(row['ActingFor']),
          job: text(row['JobId']),
          outcome: text(row['Outcome']),
          strength: text(row['Strength']),
          event: text(row['EventId']),
        })),
      ),
      await lineageSection(store, id, 'upstream', hops),
      await lineageSection(store, id, 'downstream', hops),
    ],
  };
}

async function lineageSection(
  store: Store,
  id: string,
  direction: Direction,
  hops: number,
): Promise<Section> {
  const lineage: Lineage = await walkLineage(store, id, direction, { hops });
  return section(
    `${direction} to ${hops} hop${hops === 1 ? '' : 's'}${lineage.truncated ? ' (cut: there is more)' : ''}`,
    ['hop', 'dataset', 'job', direction === 'upstream' ? 'flows into' : 'comes from'],
    lineage.steps.map((step) => ({
      hop: step.hop,
      dataset: step.dataset,
      job: step.job,
      [direction === 'upstream' ? 'flows into' : 'comes from']: step.near,
    })),
  );
}
