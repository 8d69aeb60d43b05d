/** `policy redecide`: takes a stored decision again, from the stored row and the kept texts of its bundle. */
import type { Row } from '../../schemas/tables.ts';
import { parseBundle, type Bundle } from '../../shared/config/bundle.ts';
import { readTexts } from '../../shared/config/bundle-texts.ts';
import { JobtrailError } from '../../shared/errors.ts';
import { trailEventOfRow } from '../../shared/model/trail-event-of-row.ts';
import type { Decision } from '../../shared/policy/decision.ts';
import type { Store } from '../../shared/store/store.ts';
import { EXIT } from '../help.ts';
import type { Terminal } from '../main.ts';
import { printable } from '../printable.ts';
import { isEventId } from './explain-event.ts';
import { openFrom } from './store.ts';

export async function redecide(id: string, spec: string, terminal: Terminal): Promise<number> {
  if (!isEventId(id)) {
    throw new JobtrailError('usage', 'redecide takes the id of an event, 64 hex digits.', EXAMPLE);
  }
  const opened = await openFrom(spec, 'read', terminal);
  try {
    const rows = await opened.store.eventsById([id]);
    if (rows.length === 0) throw new JobtrailError('not-found', 'No event has that id.', EXAMPLE);
    let same = true;
    for (const row of rows) same = (await redecideRow(row, opened.store, terminal)) && same;
    return same ? EXIT.ok : EXIT.failed;
  } finally {
    await opened.close();
  }
}

const EXAMPLE = '`npx jobtrail explain JOB` shows the ids of its events.';

async function redecideRow(row: Row, store: Store, terminal: Terminal): Promise<boolean> {
  const digest = row['PolicyDigest'];
  const stored = storedDecision(row);
  if (typeof digest !== 'string') {
    terminal.out(`variant ${String(row['Variant'])}: nothing was decided of it\n`);
    return stored === undefined;
  }
  const bundle = await keptBundle(digest, store);
  const again = bundle.policy?.decide(trailEventOfRow(row), bundle.facts);
  const same = told(again) === told(stored);
  terminal.out(
    [
      `variant ${String(row['Variant'])}`,
      `  bundle  ${digest}`,
      `  stored  ${printable(told(stored))}`,
      `  again   ${printable(told(again))}`,
      `  ${same ? 'the same' : 'NOT the same'}`,
      '',
    ].join('\n'),
  );
  return same;
}

/** @throws JobtrailError `not-found` where the texts are not kept, `store-schema` where they are not what was kept */
async function keptBundle(digest: string, store: Store): Promise<Bundle> {
  const texts = await store.bundles.texts(digest);
  if (texts === undefined) {
    throw new JobtrailError(
      'not-found',
      `The texts of the bundle ${digest} are not kept in this store.`,
      'Functions keep what they start with and `policy push` what it pushes; name the store that they write to.',
    );
  }
  const bundle = parseBundle(readTexts(texts));
  if (bundle.digest === digest) return bundle;
  throw new JobtrailError(
    'store-schema',
    `The texts kept under ${digest} have the digest ${bundle.digest}: they are not what was kept.`,
    'Find out who changed the row of Bundles, and restore it.',
  );
}

function storedDecision(row: Row): Decision | undefined {
  const outcome = row['Decision'];
  if (typeof outcome !== 'string') return undefined;
  const list = (value: Row[string]): readonly string[] =>
    typeof value === 'object' && value !== null ? value : [];
  return {
    outcome: outcome as Decision['outcome'],
    policies: list(row['DecidedBy']),
    waitsFor: list(row['WaitsFor']) as Decision['waitsFor'],
  };
}

function told(decision: Decision | undefined): string {
  if (decision === undefined) return 'not decided';
  const { outcome, policies, waitsFor } = decision;
  const by = policies.length > 0 ? ` by ${policies.join(', ')}` : '';
  return `${outcome}${by}${waitsFor.length > 0 ? `, waits for ${waitsFor.join(', ')}` : ''}`;
}
