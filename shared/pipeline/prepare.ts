/**
 * One decoded entry → what the store is to hold of it. Pure: the top of the core reads like the way of a log entry.
 * A crash of a normaliser is caught here, for its own entry only.
 */
import type { Attestation } from '../attest/attestation.ts';
import { createKeyring, fetchesNothing, type FetchKeys } from '../attest/keys.ts';
import type { Bundle } from '../config/bundle.ts';
import type { LoadedConfig } from '../config/parse.ts';
import type { Timeline } from '../config/timeline.ts';
import type { Detection } from '../detections/detection.ts';
import { SIGHTING_DAYS } from '../corroboration/trace-rows.ts';
import { isUndated } from '../envelope/entry-time.ts';
import type { Decoded, DecodedEntry } from '../envelope/envelope.ts';
import { messageOf, type JobtrailError, type QuarantineCode } from '../errors.ts';
import type { AuditEventDraft, Provenance } from '../model/event.ts';
import { logId, logProject } from '../sources/fields.ts';
import type { Source, SourceName } from '../sources/source.ts';
import { checkRow } from '../store/limits.ts';
import type { EntryRows, TableRow } from '../store/store.ts';
import { createExpiry, retentionClassOf, retentionDays } from './classes.ts';
import { clip } from './clip.ts';
import { createDeclarations } from './declarations.ts';
import { rawOf, rawText } from './raw-text.ts';
import { eventRows } from './rows.ts';

/** Source name in ledger and quarantine for entries that no source owns. */
export const UNROUTED = 'unrouted';
export type RoutedName = SourceName | typeof UNROUTED;

export type Prepared =
  | {
      readonly kind: 'rows';
      readonly source: RoutedName;
      readonly entry: EntryRows;
      readonly unknownMethod?: string;
      readonly receiveTime?: string;
      readonly decoded: Decoded;
    }
  | {
      readonly kind: 'filtered';
      readonly source: RoutedName;
      readonly rule: string;
      readonly receiveTime?: string;
    };

export type PreparedRows = Extract<Prepared, { kind: 'rows' }>;

export interface Preparer {
  /**
   * @param now RFC 3339: dates the expiry of what has no time of its own, an entry that states none, a quarantined row
   * @param attestation what `attest` answered, where it did
   */
  prepare(decoded: Decoded, now: string, attestation?: Attestation): Prepared;
  /**
   * What became of the proof that an entry carries; undefined at once where it carries none.
   * @throws JobtrailError `issuer-keys-unavailable`, in the promise.
   */
  attest(decoded: Decoded): Promise<Attestation> | undefined;
  /** Keeps an entry raw without normalising it, for a reason found after `prepare`. */
  quarantine(
    decoded: Decoded,
    source: RoutedName,
    code: QuarantineCode,
    reason: string,
    hint: string,
    now: string,
  ): PreparedRows;
}

export interface PreparerOptions {
  /** A function has one source; a replay has all. The first that owns an entry takes it. */
  readonly sources: readonly Source[];
  /** Asked after them: what comes on the same subscription to show that it carries. */
  readonly beside?: readonly Source[];
  /** What holds: a bundle, by which events are judged, or a configuration alone. */
  readonly loaded: LoadedConfig | Bundle;
  /** Bundles by event time; absent: `loaded` holds always. */
  readonly timeline?: Timeline;
  /** The catalogue's; none where events are read and not judged. */
  readonly detections?: readonly Detection[];
  /** Fetches the keys of issuers that publish them; absent: their proofs cannot be judged. */
  readonly fetchKeys?: FetchKeys;
}

/** @throws JobtrailError `config-invalid` when two bindings contradict each other, or a key of an issuer is none. */
export function createPreparer(options: PreparerOptions): Preparer {
  const { sources, beside = [], loaded, timeline, detections = [], fetchKeys = fetchesNothing } = options;
  const expiry = createExpiry();
  const declarations = createDeclarations(loaded, timeline, detections);

  const asked = [...sources, ...beside];
  const proving = sources.filter((source) => source.credential !== undefined);
  const keyring = createKeyring(proving.length > 0 ? loaded.config.issuers : [], fetchKeys);

  function attest(decoded: Decoded): Promise<Attestation> | undefined {
    if (decoded.kind === 'undecodable') return undefined;
    for (const source of proving) {
      if (!source.owns(decoded.entry)) continue;
      const credential = source.credential?.(decoded.entry);
      if (credential === undefined) return undefined;
      // With what verifies signatures, which functions without proofs need not load.
      return import('../attest/verify.ts').then(({ verify }) => verify(credential, keyring));
    }
    return undefined;
  }

  function prepare(decoded: Decoded, now: string, attestation?: Attestation): Prepared {
    if (decoded.kind === 'undecodable') {
      const source = sources.length === 1 && sources[0] !== undefined ? sources[0].name : UNROUTED;
      return quarantine(decoded, source, decoded.code, decoded.reason, decoded.hint, now);
    }
    let source: Source | undefined;
    try {
      for (source of asked)
        if (source.owns(decoded.entry)) return normalised(decoded, source, now, attestation);
      return filtered(decoded, UNROUTED, unroutedRule(decoded));
    } catch (error) {
      const name = source?.name ?? UNROUTED;
      const reason = `The normaliser of ${name} failed on this entry: ${messageOf(error)}`;
      return quarantine(decoded, name, 'normaliser-crash', reason, CRASH_HINT, now);
    }
  }

  function normalised(
    decoded: DecodedEntry,
    source: Source,
    now: string,
    attestation: Attestation | undefined,
  ): Prepared {
    // A proof that nobody looked at must not be stored as if it had failed.
    if (attestation === undefined && source.credential?.(decoded.entry) !== undefined) {
      throw new Error('its proof was not verified');
    }
    const result = source.normalise(decoded.entry, attestation);
    switch (result.kind) {
      case 'filtered':
        return filtered(decoded, source.name, result.rule);
      case 'refused':
        return quarantine(decoded, source.name, result.code, result.reason, REFUSED_HINT, now);
      case 'event':
        return stored(decoded, source, result.event, result.unknownMethod, now);
      default:
        return result satisfies never;
    }
  }

  function stored(
    decoded: DecodedEntry,
    source: Source,
    draft: AuditEventDraft,
    unknownMethod: string | undefined,
    now: string,
  ): Prepared {
    const { config, digest, environmentOf, identifier, judge, rawClasses } = declarations.at(
      decoded.eventTime,
    );
    const kind = retentionClassOf(draft.action);
    const keptFrom = datedBy(decoded, now);
    const entry = eventRows(decoded, draft, identifier.identify(draft.identity, decoded.eventTime), {
      source: source.name,
      normaliser: source.version,
      environment: draft.project === undefined ? undefined : environmentOf.get(draft.project),
      provenance: provenanceOf(decoded, draft),
      policyDigest: digest,
      expireAt: expiry(keptFrom, retentionDays(config, kind)),
      versionExpireAt:
        draft.policy === undefined ? undefined : expiry(keptFrom, retentionDays(config, 'policy')),
      raw:
        rawClasses.has(kind) && draft.withholdRaw !== true
          ? () => rawText(decoded.text(), config.rawLimit)
          : undefined,
      judging:
        judge === undefined
          ? undefined
          : {
              judge,
              storedAt: now,
              expireAt: () => expiry(keptFrom, retentionDays(config, 'control')),
              sightingExpireAt: () => expiry(keptFrom, SIGHTING_DAYS),
            },
    });
    const wrong = limitOf(entry.rows);
    if (wrong !== undefined) {
      return quarantine(decoded, source.name, 'row-limit', wrong.message, wrong.hint, now);
    }
    const prepared: { -readonly [K in keyof PreparedRows]: PreparedRows[K] } = {
      kind: 'rows',
      source: source.name,
      entry,
      decoded,
    };
    if (decoded.receiveTime !== undefined) prepared.receiveTime = decoded.receiveTime;
    // Counted in the ledger under the name that its row has.
    const named = clip(unknownMethod, MAX_METHOD);
    if (named !== undefined) prepared.unknownMethod = named;
    return prepared;
  }

  /** Mesh and gateway logs count as declared-writer evidence only from the projects the configuration names. */
  function provenanceOf(decoded: DecodedEntry, draft: AuditEventDraft): Provenance {
    // Whoever could write to the platform that stored it could have written it.
    if (decoded.notes?.reexported === true) return draft.provenance === 'signed' ? 'signed' : 'tenant';
    if (draft.provenance !== 'tenant' || draft.via === 'direct') return draft.provenance;
    const project = logProject(decoded.entry);
    const { meshProjects } = declarations.at(decoded.eventTime);
    return project !== undefined && meshProjects.has(project) ? 'declared-writer' : 'tenant';
  }

  function quarantine(
    decoded: Decoded,
    source: RoutedName,
    code: QuarantineCode,
    reason: string,
    hint: string,
    now: string,
  ): PreparedRows {
    const raw = rawOf(decoded, source);
    const row = {
      QuarantineId: raw.id,
      Source: source,
      Reason: code,
      Message: clip(reason, 1024) ?? code,
      Hint: clip(hint, 1024),
      Raw: raw.text,
      RawEncoding: raw.encoding,
      RawBytes: raw.bytes,
      FirstSeen: now,
      ExpireAt: expiry(now, retentionDays(loaded.config, 'quarantine')),
    };
    return {
      kind: 'rows',
      source,
      entry: { kind: 'quarantine', rows: [{ table: 'Quarantine', row }] },
      decoded,
      ...(decoded.kind === 'entry' && decoded.receiveTime !== undefined
        ? { receiveTime: decoded.receiveTime }
        : undefined),
    };
  }

  return { prepare, attest, quarantine };
}

/** What an event's retention counts from. */
function datedBy(decoded: DecodedEntry, now: string): string {
  if (isUndated(decoded)) return now;
  const { eventTime, receiveTime } = decoded;
  return receiveTime !== undefined && receiveTime > eventTime ? receiveTime : eventTime;
}

/** Characters of the column Method. */
const MAX_METHOD = 256;

/** Rows that an entry of usual size makes: beyond it, somebody listed a great deal. */
const USUAL_ROWS = 12;
const USUAL_LIST = 32;
const USUAL_CLAIMS = 100_000;

/**
 * Columns are cut to their limits where rows are built; what is not bounded there is how much an entry lists. Only such
 * entries are held against every limit, since that costs as much as building the row.
 */
function limitOf(rows: readonly TableRow[]): JobtrailError | undefined {
  const [first] = rows;
  if (first === undefined) return undefined;
  const { ActingFor: chain, Claims: claims } = first.row;
  const usual =
    rows.length <= USUAL_ROWS &&
    (!Array.isArray(chain) || chain.length <= USUAL_LIST) &&
    (typeof claims !== 'string' || claims.length <= USUAL_CLAIMS);
  if (usual) return undefined;
  for (const { table, row } of rows) {
    const wrong = checkRow(table, row);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

const REFUSED_HINT = 'The raw text is kept; once the source understands this form, redrive it.';
const CRASH_HINT = 'Report it with the raw text kept here; the entry can be redriven after the fix.';

function filtered(decoded: DecodedEntry, source: RoutedName, rule: string): Prepared {
  return {
    kind: 'filtered',
    source,
    rule,
    ...(decoded.receiveTime === undefined ? undefined : { receiveTime: decoded.receiveTime }),
  };
}

const MAX_RULE = 100;

/** Names what no source owns by its service or log, in characters that cannot do harm where the rule is shown. */
function unroutedRule(decoded: DecodedEntry): string {
  const { entry } = decoded;
  const name = entry.protoPayload?.serviceName ?? logId(entry) ?? entry.resource?.type ?? 'unknown';
  return `no-source:${name.slice(0, MAX_RULE).replaceAll(/[^A-Za-z0-9._/-]/g, '_')}`;
}
