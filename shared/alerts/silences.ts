/** Silences made at the command line ↔ their rows, and beside those of the configuration. */
import * as z from 'zod';
import { Severity, type Alerting } from '../../schemas/alerting.ts';
import type { Row } from '../../schemas/tables.ts';
import type { StoredSilence } from './store.ts';

const text = z.string();
const maybeTexts = z
  .array(text)
  .nullish()
  .transform((value) => value ?? undefined);

const StoredRow = z.object({
  SilenceId: text,
  CreatedAt: text,
  CreatedBy: text,
  Rules: maybeTexts,
  Severities: z
    .array(Severity)
    .nullish()
    .transform((value) => value ?? undefined),
  Environments: maybeTexts,
  Teams: maybeTexts,
  FindingKeys: maybeTexts,
  Owner: text,
  Reason: text,
  FromTime: text,
  UntilTime: text,
});

export function silenceRow(silence: StoredSilence): Row {
  return {
    SilenceId: silence.id,
    CreatedAt: silence.createdAt,
    CreatedBy: silence.createdBy,
    Rules: silence.rules,
    Severities: silence.severities,
    Environments: silence.environments,
    Teams: silence.teams,
    FindingKeys: silence.keys,
    Owner: silence.owner,
    Reason: silence.reason,
    FromTime: silence.from,
    UntilTime: silence.until,
  };
}

/** @throws ZodError for a row that `silenceRow` has not made. */
export function silenceOfRow(row: Row): StoredSilence {
  const stored = StoredRow.parse(row);
  return {
    id: stored.SilenceId,
    rules: stored.Rules,
    severities: stored.Severities,
    environments: stored.Environments,
    teams: stored.Teams,
    keys: stored.FindingKeys,
    owner: stored.Owner,
    reason: stored.Reason,
    from: stored.FromTime,
    until: stored.UntilTime,
    createdAt: stored.CreatedAt,
    createdBy: stored.CreatedBy,
  };
}

export const withSilences = (alerting: Alerting, stored: readonly StoredSilence[]): Alerting =>
  stored.length === 0 ? alerting : { ...alerting, silences: [...alerting.silences, ...stored] };
