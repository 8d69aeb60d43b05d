/** `jobtrail explain ID`: what is known of one job, principal, dataset or event, and from which entries. */
import { parseArgs } from 'node:util';
import { JobtrailError } from '../../shared/errors.ts';
import { parseIdentifier } from '../../shared/identity/grammar/identifier.ts';
import { parseJobId } from '../../shared/model/job.ts';
import { DEFAULT_STORE, EXIT } from '../help.ts';
import type { Terminal } from '../main.ts';
import { explainDataset } from '../run/explain-dataset.ts';
import { explainEvent, isEventId } from '../run/explain-event.ts';
import { explainJob } from '../run/explain-job.ts';
import { explainPrincipal } from '../run/explain-principal.ts';
import { renderExplanation, type Explanation } from '../run/explanation.ts';
import { openFrom } from '../run/store.ts';
import { wholeNumber } from './arguments.ts';

const MAX_ID = 2048;

export async function explain(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      store: { type: 'string', default: DEFAULT_STORE },
      hops: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const [id] = positionals;
  if (id === undefined || positionals.length > 1 || id.length > MAX_ID) {
    throw new JobtrailError(
      'usage',
      'explain takes one id.',
      'For example: npx jobtrail explain gs://bucket/path, or a job id that `npx jobtrail query jobs` shows.',
    );
  }
  const hops = wholeNumber('hops', values.hops, 3, 1, 6);
  const opened = await openFrom(values.store, 'read', terminal);
  try {
    const explanation = await explainAny(id, hops, opened.store);
    terminal.out(values.json ? `${JSON.stringify(explanation)}\n` : renderExplanation(explanation));
    return EXIT.ok;
  } finally {
    await opened.close();
  }
}

/** An event and a job by their grammar, a principal by its kind or as an e-mail, anything else is taken for a dataset. */
async function explainAny(
  id: string,
  hops: number,
  store: Parameters<typeof explainJob>[0],
): Promise<Explanation> {
  if (isEventId(id)) return found(await explainEvent(store, id));
  const job = parseJobId(id);
  if (job !== undefined) return found(await explainJob(store, job));
  return found(
    (await explainPrincipal(store, id)) ??
      (await explainPrincipal(store, parseIdentifier(id)?.id)) ??
      (await explainDataset(store, id, hops)),
  );
}

function found(explanation: Explanation | undefined): Explanation {
  if (explanation !== undefined) return explanation;
  throw new JobtrailError(
    'not-found',
    'Nothing is stored about that id.',
    'Ids are exact: `npx jobtrail query jobs` shows jobs with their principals and datasets.',
  );
}
