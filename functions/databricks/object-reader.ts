/** Reads objects of Cloud Storage as streams, by the media download of its JSON API. */
import { JobtrailError, messageOf } from '../../shared/errors.ts';

export interface ObjectReader {
  /**
   * The bytes of the object's live version, which may be newer than the one that was notified and then holds more.
   * @throws JobtrailError `object-missing` where there is none, `object-unavailable` where it cannot be read now.
   */
  read(bucket: string, object: string): AsyncIterable<Uint8Array>;
}

export interface ObjectReaderOptions {
  /** `https://storage.googleapis.com`, or that of a server that answers as it does. */
  readonly baseUrl: string;
  /** OAuth access token for reading; undefined where the server wants none. */
  readonly accessToken: () => Promise<string | null | undefined>;
}

export function createObjectReader({ baseUrl, accessToken }: ObjectReaderOptions): ObjectReader {
  const base = baseUrl.endsWith('/') ? baseUrl.slice(0, -1) : baseUrl;

  async function open(url: string): Promise<Response> {
    try {
      const token = await accessToken();
      return await fetch(url, {
        headers: typeof token === 'string' ? { authorization: `Bearer ${token}` } : {},
      });
    } catch (error) {
      throw unavailable(messageOf(error), error);
    }
  }

  return {
    async *read(bucket, object) {
      const url = `${base}/storage/v1/b/${encodeURIComponent(bucket)}/o/${encodeURIComponent(object)}?alt=media`;
      const response = await open(url);
      if (!response.ok) {
        await response.body?.cancel();
        if (response.status === 404) throw MISSING();
        throw unavailable(`it answers ${response.status}`);
      }
      // An object of no bytes may have no body.
      if (response.body === null) return;
      try {
        yield* response.body;
      } catch (error) {
        throw unavailable(messageOf(error), error);
      }
    },
  };
}

const MISSING = (): JobtrailError =>
  new JobtrailError(
    'object-missing',
    'The audit file that the notification names is not in its bucket: it was deleted before it was read.',
    'Look in the audit log of the bucket for who deleted it; restore it from a soft-deleted or noncurrent version.',
  );

const unavailable = (why: string, cause?: unknown): JobtrailError =>
  new JobtrailError(
    'object-unavailable',
    `The audit file cannot be read from Cloud Storage: ${why}.`,
    'It will be tried again; if this lasts, grant the function roles/storage.objectViewer on the bucket.',
    { cause },
  );
