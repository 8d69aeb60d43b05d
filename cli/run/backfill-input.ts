/** What a backfill is to read, as the command line names it: Cloud Logging, objects of Cloud Storage, files. */
import { createReadStream, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { createFileInput, type InputFile } from '../../shared/backfill/file-input.ts';
import type { GoogleApi } from '../../shared/backfill/google-api.ts';
import type { Input } from '../../shared/backfill/input.ts';
import { createLoggingInput, type LoggingQuery } from '../../shared/backfill/logging-input.ts';
import { listObjects, parseObjectPrefix } from '../../shared/backfill/objects.ts';
import { createPace, type Clock } from '../../shared/backfill/pace.ts';
import { JobtrailError, messageOf } from '../../shared/errors.ts';
import { timestampOf } from '../../shared/store/timestamp.ts';
import { endpoint } from './google.ts';

/** How an input reaches what it reads. */
export interface Reach {
  /** Requests in a minute; absent: what is usual for the API. */
  readonly perMinute: number | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly onWait: NonNullable<GoogleApi['onWait']>;
}

/** What `entries.list` of a project takes in a minute is 60: this leaves room for the console and for reconcile. */
export const LOGGING_PER_MINUTE = 45;
/** Of an organisation that logs much it takes that long to find a page of few. */
const LOGGING_TIMEOUT_MS = 150_000;
/** Far below what a bucket takes; each object is one request. */
export const STORAGE_PER_MINUTE = 1200;

export function loggingInput(query: LoggingQuery, { perMinute, environment, clock, onWait }: Reach): Input {
  const { baseUrl, authorization } = endpoint(
    environment['JOBTRAIL_LOGGING_URL'],
    'https://logging.googleapis.com',
    'https://www.googleapis.com/auth/logging.read',
  );
  const api: GoogleApi = {
    service: 'Cloud Logging',
    needs: 'roles/logging.privateLogViewer',
    authorization,
    pace: createPace(perMinute ?? LOGGING_PER_MINUTE, clock),
    clock,
    limits: { timeoutMs: LOGGING_TIMEOUT_MS },
    onWait,
  };
  return createLoggingInput({ api, baseUrl, query });
}

/**
 * @param names files, and `gs://` addresses of which every object that begins so is read
 * @param begunAt when reading was begun
 */
export function filesInput(
  names: readonly string[],
  begunAt: string,
  { perMinute, environment, clock, onWait }: Reach,
): Input {
  const { baseUrl, authorization } = endpoint(
    environment['STORAGE_EMULATOR_HOST'],
    'https://storage.googleapis.com',
    'https://www.googleapis.com/auth/devstorage.read_only',
  );
  const api: GoogleApi = {
    service: 'Cloud Storage',
    needs: 'roles/storage.objectViewer on the bucket',
    authorization,
    pace: createPace(perMinute ?? STORAGE_PER_MINUTE, clock),
    clock,
    onWait,
  };
  return createFileInput(async () => {
    const files = new Map<string, InputFile>();
    for (const name of names) {
      const prefix = parseObjectPrefix(name);
      const found = prefix === undefined ? [localFile(name)] : await listObjects({ api, baseUrl }, prefix);
      if (found.length === 0) throw nothingAt(name);
      for (const file of found) if (!files.has(file.name)) files.set(file.name, file);
    }
    return [...files.values()];
  }, begunAt);
}

function localFile(name: string): InputFile {
  try {
    if (name.startsWith('gs:')) throw new Error('it is no gs://BUCKET/PREFIX');
    const stat = statSync(name);
    if (!stat.isFile()) throw new Error('it is no file');
    return {
      name: resolve(name),
      version: `${stat.size} ${stat.mtimeMs}`,
      bytes: stat.size,
      writtenAt: timestampOf(stat.mtime),
      open: () => bytesOf(name),
    };
  } catch (error) {
    throw unreadable(name, error);
  }
}

async function* bytesOf(name: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const chunk of createReadStream(name)) if (chunk instanceof Uint8Array) yield chunk;
  } catch (error) {
    throw unreadable(name, error);
  }
}

const unreadable = (name: string, cause: unknown): JobtrailError =>
  new JobtrailError(
    'file-unreadable',
    `${name} cannot be read: ${messageOf(cause)}.`,
    'Name exported log files, or gs://BUCKET/PREFIX.',
    { cause },
  );

const nothingAt = (name: string): JobtrailError =>
  new JobtrailError(
    'not-found',
    `There is no object that begins with ${name}.`,
    'Look with `gcloud storage ls` for how the export names its objects.',
  );
