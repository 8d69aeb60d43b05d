/** `policy push`: keeps a bundle and says from when it decides. */
import { writeTexts } from '../../shared/config/bundle-texts.ts';
import { readBundle } from '../../shared/config/read-bundle.ts';
import { PUSH_AHEAD_MS } from '../../shared/config/timeline.ts';
import { JobtrailError } from '../../shared/errors.ts';
import type { BundleInForce } from '../../shared/store/bundles.ts';
import { checkRow } from '../../shared/store/limits.ts';
import { bundleRow, inForceRow } from '../../shared/store/bundles.ts';
import { storedTimestamp, timestampOf } from '../../shared/store/timestamp.ts';
import { EXIT } from '../help.ts';
import type { Terminal } from '../main.ts';
import { describeBundle } from './policy-check.ts';
import { casesOf } from './policy-test.ts';
import { openFrom } from './store.ts';

export interface PolicyPush {
  readonly folder: string;
  readonly store: string;
  readonly from: string | undefined;
  readonly commit: string;
  readonly reviewer: string;
  readonly pushedBy: string;
}

/** @param now milliseconds */
export async function pushPolicy(push: PolicyPush, terminal: Terminal, now = Date.now()): Promise<number> {
  const bundle = readBundle(push.folder);
  const { failing } = casesOf(push.folder, bundle);
  if (failing.length > 0) {
    throw new JobtrailError(
      'config-invalid',
      `${failing.length} of its cases fail, the first at ${failing[0]?.place}.`,
      '`npx jobtrail policy test` shows each with why; nothing was pushed.',
    );
  }
  const { digest } = bundle;
  const force: BundleInForce = {
    from: fromTime(push.from, now),
    digest,
    commit: push.commit,
    reviewer: push.reviewer,
    pushedBy: push.pushedBy,
    pushedAt: timestampOf(new Date(now)),
  };
  const kept = { digest, texts: writeTexts(bundle.texts) };
  const wrong =
    checkRow('Bundles', bundleRow(kept, force.pushedAt)) ?? checkRow('BundlesInForce', inForceRow(force));
  if (wrong !== undefined) throw new JobtrailError('usage', wrong.message, 'Shorten it; nothing was pushed.');
  const opened = await openFrom(push.store, 'write', terminal);
  try {
    const before = (await opened.store.bundles.inForce()).findLast(({ from }) => from <= force.from);
    if (before?.digest === digest) {
      terminal.out(`${describeBundle(bundle)}\nunchanged      in force from ${before.from}\n`);
      return EXIT.ok;
    }
    if ((await opened.store.bundles.push(kept, force)) === 'taken') {
      throw new JobtrailError(
        'usage',
        `Another bundle is in force from ${force.from} already, and what is pushed never changes.`,
        'Take a later --from; this bundle then replaces the other from there on.',
      );
    }
    terminal.out(`${describeBundle(bundle)}\npushed         in force from ${force.from}\n`);
    return EXIT.ok;
  } finally {
    await opened.close();
  }
}

/** The next whole minute that is far enough ahead, or what is asked for. */
function fromTime(asked: string | undefined, now: number): string {
  const earliest = now + PUSH_AHEAD_MS;
  if (asked === undefined) return timestampOf(new Date(Math.ceil(earliest / 60_000) * 60_000));
  const from = storedTimestamp(asked);
  if (from === undefined) {
    throw new JobtrailError('usage', '--from is no RFC 3339 time.', 'For example 2026-02-01T00:00:00Z.');
  }
  if (from >= timestampOf(new Date(earliest))) return from;
  throw new JobtrailError(
    'usage',
    `--from is ${from}, which is not five minutes ahead.`,
    `Events of that time may be decided already; the earliest now is ${timestampOf(new Date(earliest))}.`,
  );
}
