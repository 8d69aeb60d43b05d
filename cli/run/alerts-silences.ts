/** Silences made, listed and ended at the command line. */
import { randomBytes } from 'node:crypto';
import { Silence, type Alerting } from '../../schemas/alerting.ts';
import type { AlertStore, StoredSilence } from '../../shared/alerts/store.ts';
import { JobtrailError } from '../../shared/errors.ts';
import { storedTimestamp } from '../../shared/store/timestamp.ts';
import type { RowSet } from '../table.ts';
import { second } from './explanation.ts';

export interface SilenceRequest {
  readonly rules: readonly string[] | undefined;
  readonly keys: readonly string[] | undefined;
  readonly severities: readonly string[] | undefined;
  readonly environments: readonly string[] | undefined;
  readonly teams: readonly string[] | undefined;
  readonly owner: string | undefined;
  readonly reason: string | undefined;
  readonly until: string | undefined;
  readonly by: string;
  /** Time of rows. */
  readonly now: string;
}

const OPTIONS: Readonly<Record<string, string>> = {
  rules: '--rule',
  keys: '--key',
  severities: '--severity',
  environments: '--environment',
  teams: '--team',
  owner: '--owner',
  reason: '--reason',
  until: '--until',
};

/** @throws JobtrailError `usage` with everything that is missing or wrong */
export async function addSilence(store: AlertStore, request: SilenceRequest): Promise<StoredSilence> {
  const { rules, keys, severities, environments, teams, owner, reason, until, by, now } = request;
  const problems: string[] = [];
  if ([rules, keys, severities, environments, teams].every((one) => one === undefined)) {
    problems.push('say what is silenced: --rule, --key, --severity, --environment or --team');
  }
  for (const [name, value] of Object.entries({ owner, reason, until })) {
    if (value === undefined || value.trim() === '') problems.push(`--${name} is missing`);
  }
  const end = until === undefined ? undefined : storedTimestamp(until);
  if (until !== undefined && end === undefined)
    problems.push('--until is no time such as 2026-01-31T20:00:00Z');
  if (end !== undefined && end <= now) problems.push('--until is in the past');
  const parsed = Silence.safeParse({
    id: `s-${randomBytes(4).toString('hex')}`,
    rules,
    keys,
    severities,
    environments,
    teams,
    owner: owner ?? '-',
    reason: reason ?? '-',
    from: now,
    until: end ?? now,
  });
  if (!parsed.success) {
    problems.push(
      ...parsed.error.issues.map(
        ({ path, message }) => `${OPTIONS[String(path[0])] ?? String(path[0])}: ${message}`,
      ),
    );
  }
  if (problems.length > 0 || !parsed.success || end === undefined) {
    throw new JobtrailError(
      'usage',
      `That is no silence: ${problems.join('; ')}.`,
      'For example: npx jobtrail alerts silence --rule RULE --key KEY --owner ana@example.com --reason "migration" --until 2026-01-31T20:00:00Z',
    );
  }
  const silence = { ...parsed.data, from: now, until: end, createdAt: now, createdBy: by };
  await store.putSilence(silence);
  return silence;
}

/**
 * Ends a silence now; what it held back is due.
 * @throws JobtrailError `not-found`, also for one of the configuration
 */
export async function endSilence(
  store: AlertStore,
  id: string,
  {
    by,
    now,
    configured,
  }: { readonly by: string; readonly now: string; readonly configured: Alerting['silences'] },
): Promise<StoredSilence> {
  const silence = (await store.silences(now)).find((one) => one.id === id);
  if (silence === undefined) {
    const declared = configured.some((one) => one.id === id);
    throw new JobtrailError(
      'not-found',
      declared ? `The silence ${id} is of the configuration.` : `No silence ${id.slice(0, 128)} holds now.`,
      declared ? 'End it in jobtrail.yaml.' : '`npx jobtrail alerts silences` lists them.',
    );
  }
  const ended = { ...silence, until: now, createdAt: now, createdBy: by };
  await store.putSilence(ended);
  return ended;
}

/** Those that hold now or later, of the configuration and of the command line. */
export function silenceRows(
  stored: readonly StoredSilence[],
  configured: Alerting['silences'],
  now: string,
): RowSet {
  const declared = configured
    .filter(({ until }) => (storedTimestamp(until) ?? '') > now)
    .map((silence) => ({ ...silence, source: 'configuration' }));
  const made = stored.map((silence) => ({ ...silence, source: silence.createdBy }));
  return {
    columns: ['silence', 'until', 'owner', 'reason', 'of', 'made by'],
    rows: [...declared, ...made].map((silence) => ({
      silence: silence.id,
      until: second(silence.until),
      owner: silence.owner,
      reason: silence.reason,
      of: matchText(silence),
      'made by': silence.source,
    })),
  };
}

function matchText({ rules, severities, environments, teams, keys }: Silence): string {
  const parts = { rule: rules, severity: severities, environment: environments, team: teams, key: keys };
  return Object.entries(parts)
    .flatMap(([name, values]) => (values === undefined ? [] : [`${name} ${values.join(' or ')}`]))
    .join(', ');
}
