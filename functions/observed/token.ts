/** Where the access token of a Databricks workspace comes from, as `tokenFrom` in the configuration says. */
import { readFile } from 'node:fs/promises';
import { JobtrailError } from '../../shared/errors.ts';
import { str } from '../../shared/sources/fields.ts';

/**
 * Read at each use: Secret Manager changes a mounted file when there is a new version. The text of the token is in no
 * error.
 *
 * @param place `env:NAME` or `file:/path`
 * @throws JobtrailError `api-unavailable` where there is none.
 */
export async function tokenFrom(
  place: string,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const name = place.slice(place.indexOf(':') + 1);
  const text = place.startsWith('env:')
    ? str(variables, name)
    : await readFile(name, 'utf8').catch(() => undefined);
  const token = text?.trim();
  if (token !== undefined && token !== '') return token;
  throw new JobtrailError(
    'api-unavailable',
    `There is no access token in ${place}.`,
    'Mount the secret with the workspace’s token there, and let the function read it.',
  );
}
