/** Google's APIs as the command line reaches them: with the credentials of whoever runs it, or a server that stands in. */
import type { Clock, GoogleApi } from '../../shared/google-api/client.ts';
import { JobtrailError, messageOf } from '../../shared/errors.ts';

export const CLOCK: Clock = {
  now: Date.now,
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/**
 * Headers of a request: the token, and for a person's credentials whose quota it is, without which many APIs refuse them. The
 * library is loaded with the first request.
 * @throws JobtrailError `usage` where there are no credentials
 */
export function authorizationFor(scope: string): GoogleApi['authorization'] {
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

export interface Endpoint {
  readonly baseUrl: string;
  readonly authorization: GoogleApi['authorization'];
}

/** @param url of a server that answers as the API does, which is asked without a token; absent: Google's */
export function endpoint(url: string | undefined, google: string, scope: string): Endpoint {
  return url === undefined || url === ''
    ? { baseUrl: google, authorization: authorizationFor(scope) }
    : { baseUrl: url.includes('://') ? url : `http://${url}`, authorization: () => Promise.resolve({}) };
}
