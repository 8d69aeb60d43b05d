/** Opens a store by its name. The Spanner client is loaded only where it is asked for: it costs 200 ms and 65 MB. */
import { JobtrailError } from '../errors.ts';
import type { Store } from './store.ts';

export interface OpenStoreOptions {
  /** HOST:PORT of the Spanner emulator (SPANNER_EMULATOR_HOST), where that is what a `spanner:` name means. */
  readonly emulatorHost?: string | undefined;
  /** Milliseconds after which a commit to Spanner, a read or another operation is given up; undefined: 20,000. */
  readonly storeMs?: number | undefined;
}

const DATABASE =
  /^projects\/([a-z0-9.:-]{1,64})\/instances\/([a-z0-9-]{2,64})\/databases\/([a-z0-9_-]{2,30})(?:\/databaseRoles\/(\w{1,128}))?$/;

export type StoreSpec =
  | { readonly kind: 'sqlite'; readonly path: string }
  | {
      readonly kind: 'spanner';
      readonly project: string;
      readonly instance: string;
      readonly database: string;
      /** Database role that sessions are opened with; undefined: what IAM allows the identity itself. */
      readonly role: string | undefined;
    };

/**
 * `sqlite:PATH`, `sqlite::memory:` or `spanner:projects/P/instances/I/databases/D`, the last with `/databaseRoles/R` for an
 * identity that may use that role of the database and nothing beside it.
 * @throws JobtrailError `usage` for anything else.
 */
export function parseStoreSpec(spec: string): StoreSpec {
  const colon = spec.indexOf(':');
  const kind = spec.slice(0, Math.max(colon, 0));
  const rest = spec.slice(colon + 1);
  if (kind === 'sqlite' && rest !== '') return { kind, path: rest };
  const names = kind === 'spanner' ? DATABASE.exec(rest) : null;
  if (names !== null) {
    const [, project = '', instance = '', database = '', role] = names;
    return { kind: 'spanner', project, instance, database, role };
  }
  throw new JobtrailError(
    'usage',
    `\`${spec.slice(0, 200)}\` names no store.`,
    'Use sqlite:PATH, sqlite::memory: or spanner:projects/PROJECT/instances/INSTANCE/databases/DATABASE.',
  );
}

/**
 * @throws JobtrailError `usage` for a name that parseStoreSpec does not take; `store-schema` or `store-unavailable`
 * when the store cannot be opened.
 */
export async function openStore(spec: string, options: OpenStoreOptions = {}): Promise<Store> {
  const parsed = parseStoreSpec(spec);
  switch (parsed.kind) {
    case 'sqlite': {
      const { openSqliteStore } = await import('./sqlite/store.ts');
      return openSqliteStore(parsed.path);
    }
    case 'spanner': {
      const { openSpannerStore } = await import('./spanner/store.ts');
      return openSpannerStore(parsed, options.emulatorHost, options.storeMs);
    }
    default:
      return parsed satisfies never;
  }
}
