/** A refusal of a Google API as a line's words: what is missing, and the command that gives it. */
import { messageOf } from '../errors.ts';
import type { Refusal } from '../google-api/refusal.ts';
import { nameOf } from './facts.ts';
import { grantToReader } from './gcloud.ts';
import type { Refused } from './line.ts';
import { command } from './shell.ts';

/** What a question takes. */
export interface Needed {
  readonly permission: string;
  /** Where it is granted: a project, folder or organisation. */
  readonly resource: string;
  /** The least of Google's roles that has it. */
  readonly role: string;
  /** What is asked for: the resource, or something in it. */
  readonly asked: string;
}

const LOGIN = 'gcloud auth application-default login';

/** @param service of the API, for people: `Cloud Logging` */
export function refusedOf(service: string, refusal: Refusal, needed: Needed): Refused {
  const { reason, why } = refusal;
  switch (reason) {
    case 'denied': {
      const { permission = needed.permission, consumer } = refusal;
      if (consumer !== undefined) {
        const needs = `needs ${permission} on ${consumer}, which the requests count for`;
        return refused(
          'not-permitted',
          needs,
          grantToReader(consumer, 'roles/serviceusage.serviceUsageConsumer'),
        );
      }
      const mend = grantToReader(needed.resource, needed.role);
      return refused('not-permitted', `needs ${permission} on ${needed.resource}`, mend);
    }
    case 'signed-out':
      return refused('signed-out', `${service} refuses the credentials: ${why}`, LOGIN);
    case 'not-enabled': {
      const { service: api = 'SERVICE', consumer = 'projects/PROJECT' } = refusal;
      const mend = command('gcloud services enable', api, `--project=${nameOf(consumer)}`);
      return refused('api-off', `${api} is switched off in ${consumer}`, mend);
    }
    case 'not-found':
      return refused('not-found', `there is no ${needed.asked}`, 'gcloud projects list');
    case 'invalid':
    case 'unavailable':
    case 'unreachable':
      return refused('unreachable', `${service}: ${why}`, 'gcloud info --run-diagnostics');
    default:
      return reason satisfies never;
  }
}

/** What could not even be asked: there are no credentials. */
export const signedOut = (error: unknown): Refused => refused('signed-out', messageOf(error), LOGIN);

const refused = (code: Refused['code'], why: string, mend: string): Refused => ({
  kind: 'refused',
  code,
  why,
  mend,
});
