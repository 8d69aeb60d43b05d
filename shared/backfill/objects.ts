/**
 * Exported files in Cloud Storage, listed and read by its JSON API.
 * https://cloud.google.com/storage/docs/json_api/v1/objects
 */
import * as z from 'zod';
import { JobtrailError, messageOf } from '../errors.ts';
import { askJson } from '../google-api/json.ts';
import { printable } from '../observe/printable.ts';
import { storedTimestamp } from '../store/timestamp.ts';
import type { InputFile } from './file-input.ts';
import { askApi, errorOf, patient, unavailable, type GoogleApi } from './google-api.ts';

export interface ObjectsOptions {
  readonly api: GoogleApi;
  /** `https://storage.googleapis.com`, or that of a server that answers as it does. */
  readonly baseUrl: string;
}

/** `gs://BUCKET/PREFIX`, the prefix as it stands. */
export interface ObjectPrefix {
  readonly bucket: string;
  readonly prefix: string;
}

const GS = /^gs:\/\/([a-z0-9][a-z0-9._-]{1,220}[a-z0-9])(?:\/(.{0,1024}))?$/s;

/** Undefined for what is no `gs://` address. */
export function parseObjectPrefix(text: string): ObjectPrefix | undefined {
  const [, bucket, prefix = ''] = GS.exec(text) ?? [];
  return bucket === undefined ? undefined : { bucket, prefix };
}

const Listed = z.object({
  items: z
    .array(
      z.object({
        name: z.string(),
        generation: z.string(),
        size: z.string().default('0'),
        /** Of this generation. */
        timeCreated: z.string().optional(),
      }),
    )
    .default([]),
  nextPageToken: z.string().optional(),
});

/** By name, as Cloud Storage lists them; names that end with a slash are folders of the console. */
export async function listObjects(
  options: ObjectsOptions,
  { bucket, prefix }: ObjectPrefix,
): Promise<readonly InputFile[]> {
  const { api } = options;
  const files: InputFile[] = [];
  let pageToken: string | undefined;
  do {
    const query = new URLSearchParams({
      prefix,
      fields: 'items(name,generation,size,timeCreated),nextPageToken',
      maxResults: '1000',
      ...(pageToken === undefined ? undefined : { pageToken }),
    });
    const url = `${bucketUrl(options, bucket)}?${query.toString()}`;
    const listed = await askJson(patient(api), { url }, Listed);
    if (listed.kind === 'refused') throw errorOf(api, listed);
    for (const { name, generation, size, timeCreated } of listed.value.items) {
      if (name.endsWith('/')) continue;
      files.push({
        name: `gs://${bucket}/${name}`,
        version: generation,
        bytes: Number(size),
        writtenAt: timeCreated === undefined ? undefined : storedTimestamp(timeCreated),
        open: () => readObject(options, bucket, name, generation),
      });
    }
    pageToken = listed.value.nextPageToken;
  } while (pageToken !== undefined && pageToken !== '');
  return files;
}

async function* readObject(
  options: ObjectsOptions,
  bucket: string,
  name: string,
  generation: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { api } = options;
  const query = new URLSearchParams({ alt: 'media', generation });
  const url = `${bucketUrl(options, bucket)}/${encodeURIComponent(name)}?${query.toString()}`;
  const opened = await askApi(api, { url, stream: true }, (response) => Promise.resolve(response.body));
  if (opened.kind === 'refused' && opened.reason === 'not-found') {
    throw new JobtrailError(
      'not-found',
      `gs://${bucket}/${printable(name)} was deleted or written anew while the backfill ran.`,
      'Run the same command again: it reads what is there now.',
    );
  }
  if (opened.kind === 'refused') throw errorOf(api, opened);
  if (opened.value === null) return;
  try {
    yield* opened.value;
  } catch (error) {
    throw unavailable(
      api,
      `the object ${printable(name.slice(0, 200))} breaks off (${messageOf(error)})`,
      error,
    );
  }
}

const bucketUrl = ({ baseUrl }: ObjectsOptions, bucket: string): string =>
  `${baseUrl.replace(/\/$/, '')}/storage/v1/b/${encodeURIComponent(bucket)}/o`;
