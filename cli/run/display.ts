/** Ids as a table has room for them. The whole id is one `--format json` away; nothing is decided on these. */

/** `user:google:ana@example.com` → `ana@example.com`; of a service account the part that names it and its project. */
export function shortPrincipal(id: string): string {
  if (id === '') return '';
  const [kind = '', issuer = '', ...rest] = id.split(':');
  const subject = rest.join(':');
  if (subject === '') return id;
  if (kind === 'unknown') return issuer === 'unnamed' ? 'somebody not named' : `${subject} (unproven)`;
  const name = subject.endsWith(GSERVICEACCOUNT) ? subject.slice(0, -GSERVICEACCOUNT.length) : subject;
  return kind === 'agent' ? `agent ${name}` : name;
}

const GSERVICEACCOUNT = '.iam.gserviceaccount.com';

/** `dataproc:p/r/job/x` → `job/x`, `dataflow:p/l/x` → `dataflow/x`, `yarn:p/r/c/application_…` → `application_…`. */
export function shortJob(id: string): string {
  const parts = id.slice(id.indexOf(':') + 1).split('/');
  const last = parts.at(-1) ?? id;
  if (id.startsWith('dataflow:')) return `dataflow/${last}`;
  return id.startsWith('yarn:') ? last : parts.slice(-2).join('/');
}

/** Cuts the middle out of what is too long: the two ends of an id tell more than its middle. */
export function ends(value: string, max: number): string {
  if (value.length <= max) return value;
  const head = Math.floor((max - 1) / 3);
  return `${value.slice(0, head)}…${value.slice(value.length - (max - 1 - head))}`;
}
