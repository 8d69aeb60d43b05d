/** Google's APIs as the command line reaches them: with the credentials of whoever runs it, or a server that stands in. */
import type { GoogleApi } from '../../shared/backfill/google-api.ts';
import type { GoogleApi as ApiClient } from '../../shared/google-api/client.ts';
import type { Clock } from '../../shared/backfill/pace.ts';
import { JobtrailError, messageOf } from '../../shared/errors.ts';

export const CLOCK: Clock = {
  now: Date.now,
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/** The library is loaded with the first request. */
export function tokenFor(scope: string): GoogleApi['accessToken'] {
  let auth: Promise<{ readonly getAccessToken: () => Promise<string | null | undefined> }> | undefined;
  return async () => {
    auth ??= import('google-auth-library').then(({ GoogleAuth }) => new GoogleAuth({ scopes: scope }));
    try {
      return await (await auth).getAccessToken();
    } catch (error) {
      throw noCredentials(error);
    }
  };
}

/**
 * Headers of a request: the token, and for a person's credentials whose quota it is, without which many APIs refuse them.
 * @throws JobtrailError `usage` where there are no credentials
 */
export function authorizationFor(scope: string): ApiClient['authorization'] {
  let auth: Promise<{ readonly getRequestHeaders: () => Promise<Headers> }> | undefined;
  return async () => {
    auth ??= import('google-auth-library').then(({ GoogleAuth }) => new GoogleAuth({ scopes: scope }));
    try {
      return Object.fromEntries(await (await auth).getRequestHeaders());
    } catch (error) {
      throw noCredentials(error);
    }
  };
}

const noCredentials = (cause: unknown): JobtrailError =>
  new JobtrailError(
    'usage',
    `There are no credentials for Google Cloud: ${messageOf(cause)}`,
    'Sign in with `gcloud auth application-default login`, or run it as a service account.',
    { cause },
  );

const noToken = (): Promise<undefined> => Promise.resolve(undefined);

export interface Endpoint {
  readonly baseUrl: string;
  readonly accessToken: GoogleApi['accessToken'];
}

/** @param url of a server that answers as the API does, which is asked without a token */
export function endpoint(url: string | undefined, google: string, scope: string): Endpoint {
  return url === undefined || url === ''
    ? { baseUrl: google, accessToken: tokenFor(scope) }
    : { baseUrl: url.includes('://') ? url : `http://${url}`, accessToken: noToken };
}
