/** One principal: the jobs it acted on, and those others acted on for it. */
import type { Store } from '../../shared/store/store.ts';
import { second, section, text, type Explanation } from './explanation.ts';

const DATASET_OPS = new Set(['read', 'write', 'use', 'spawn', 'approve', 'deny', 'revoke']);
const DID: Readonly<Record<string, string>> = { for: 'was acted for', runs: 'is what it runs as' };

export async function explainPrincipal(
  store: Store,
  id: string | undefined,
): Promise<Explanation | undefined> {
  if (id === undefined) return undefined;
  const edges = (await store.edges([{ node: id }])).filter((row) => !DATASET_OPS.has(text(row['Op'])));
  if (edges.length === 0) return undefined;
  const byTime = edges.toSorted((a, b) => (text(a['EventTime']) < text(b['EventTime']) ? -1 : 1));
  const jobs = new Set(edges.map((row) => row['JobId']));
  return {
    kind: 'principal',
    id,
    facts: [
      ['jobs', String(jobs.size)],
      ['first', `${second(byTime[0]?.['EventTime'])} UTC`],
      ['last', `${second(byTime.at(-1)?.['EventTime'])} UTC`],
      ['denied', String(edges.filter((row) => row['Outcome'] === 'denied').length)],
    ],
    sections: [
      section(
        'jobs',
        ['at', 'did', 'job', 'outcome', 'actor', 'environment', 'event'],
        byTime.toReversed().map((row) => ({
          at: second(row['EventTime']),
          did: DID[text(row['Op'])] ?? text(row['Op']),
          job: text(row['JobId']),
          outcome: text(row['Outcome']),
          actor: row['Actor'] === id ? '' : text(row['Actor']),
          environment: text(row['Environment']),
          event: text(row['EventId']),
        })),
      ),
    ],
  };
}
