/**
 * Subjects and buckets of traces: the keys under which groups and sightings are kept and asked for. Their parts are text that
 * callers may have chosen, so that no two lists of parts may make one subject, and none may be longer than its column.
 */
import { hash } from 'node:crypto';
import { CONTROL_SERVICES, type ControlService } from './control-service.ts';

/** Characters of `Sightings.Subject`; a witness has room for more and is clipped alike, so that one text is one subject. */
export const MAX_SUBJECT = 768;
/** Characters of `Sightings.Bucket`: a time, an access and a dataset of any length that there is. */
export const MAX_BUCKET = 1100;

const MARK = '~sha256:';
const DIGITS = 32;

/** As it is kept. What is asked for goes through here as well (fact-cache.ts). */
export const subjectText = (text: string): string => kept(text, MAX_SUBJECT);
export const bucketText = (text: string): string => kept(text, MAX_BUCKET);

/**
 * Text that fits, is well-formed Unicode and is made of one text only. What is changed keeps its head and a digest of the
 * whole; so does what looks as if it had been, since somebody may write what another text is clipped to.
 */
function kept(text: string, max: number): string {
  if (text.length <= max && text.isWellFormed() && !looksClipped(text)) return text;
  // UTF-8 writes every lone surrogate as the same character.
  const digest = hash('sha256', Buffer.from(text, 'utf16le'), 'hex').slice(0, DIGITS);
  return `${text.slice(0, max - MARK.length - DIGITS).toWellFormed()}${MARK}${digest}`;
}

const looksClipped = (text: string): boolean => text.startsWith(MARK, text.length - MARK.length - DIGITS);

/**
 * Two texts as one, told apart whatever they hold: a separator in the first is written twice, the one between them stands
 * alone. Names without separators read as they are.
 */
export function pairText(first: string, separator: '|' | '>', last: string): string {
  const safe = first.includes(separator) ? first.replaceAll(separator, separator + separator) : first;
  // A separator at the beginning of the last would make more of the one between.
  const filler = last.startsWith(separator) || last.startsWith(FILLER) ? FILLER : '';
  return `${safe}${separator}${filler}${last}`;
}

const FILLER = '~';

export const delegationSubject = (from: string, to: string): string => pairText(from, '>', to);
export const agentMethodSubject = (agent: string, method: string): string => pairText(agent, '|', method);
export const accountServiceSubject = (account: string, service: ControlService): string =>
  pairText(account, '|', service);

/** Reads a subject of `account-service` back; undefined for one that was clipped. */
export function serviceOfSubject(
  subject: string,
): { readonly account: string; readonly service: ControlService } | undefined {
  const at = subject.lastIndexOf('|');
  const service = CONTROL_SERVICES.find((name) => name === subject.slice(at + 1));
  return at < 0 || service === undefined
    ? undefined
    : { account: subject.slice(0, at).replaceAll('||', '|'), service };
}

/** Source and project whose audit log is recorded. */
export const auditSubject = (source: string, project: string): string => `${source}|${project}`;
/** A cluster by its place; none of the parts of a name that Dataproc takes holds a `/`. */
export const clusterSubject = (project: string, region: string, cluster: string): string =>
  `${project}/${region}/${cluster}`;

/** What was done to the data: read, or anything else. */
export type AccessMark = 'r' | 'w';

/** Bucket of data that was touched: when, how and which. */
export const accessBucket = (when: string, mark: AccessMark, dataset: string): string =>
  bucketText(`${when}|${mark}|${dataset}`);

export interface TouchedData {
  readonly when: string;
  readonly isRead: boolean;
  /** Clipped where its name is longer than a bucket. */
  readonly dataset: string;
}

/** Reads a bucket of `touched` and `job-data` back. */
export function touchedOf(bucket: string): TouchedData {
  const first = bucket.indexOf('|');
  return {
    when: bucket.slice(0, first),
    isRead: bucket[first + 1] === 'r',
    dataset: bucket.slice(first + 3),
  };
}

/** Bucket of work that runs under an account: its ten minutes and the job. */
export const runsBucket = (when: string, job: string): string => `${when}|${job}`;
export const jobOfRuns = (bucket: string): string => bucket.slice(bucket.indexOf('|') + 1);
