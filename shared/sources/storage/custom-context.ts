/**
 * What a caller attached to its own request with `x-goog-custom-audit-KEY` headers. Cloud Storage copies it into the entry's
 * metadata; that it stands below `audit_context.audit_info` is not confirmed. A job that sends its own id under the key
 * `jobtrail-job` is found in every access it makes: strong, and the caller's word.
 */
import { claim, type Claims } from '../../audit/claims.ts';
import { parseJobId, type JobId } from '../../model/job.ts';
import { obj, own, str, type Json } from '../fields.ts';

const JOB_KEY = 'jobtrail-job';
const JOB_URN = /^[a-z]{1,20}:[A-Za-z0-9._:%/-]{3,400}$/;
/** Cloud Storage takes four at most. */
const MAX_ENTRIES = 8;

/** Notes the attached pairs and returns the job they name. */
export function addCustomContext(claims: Claims, metadata: Json | undefined): JobId | undefined {
  if (metadata === undefined) return undefined;
  const context = obj(metadata, 'audit_context') ?? obj(metadata, 'auditContext');
  const info = obj(context, 'audit_info') ?? obj(context, 'auditInfo');
  if (info === undefined) return undefined;
  const pairs: string[] = [];
  // In an order of its own: printers of JSON differ.
  for (const key of Object.keys(info).toSorted().slice(0, MAX_ENTRIES)) {
    const value = own(info, key);
    if (typeof value === 'string') pairs.push(`${key}=${value}`);
  }
  claim(claims, 'customContext', pairs.join(', '));
  const named = str(info, JOB_KEY) ?? str(info, `x-goog-custom-audit-${JOB_KEY}`);
  return named !== undefined && JOB_URN.test(named) ? parseJobId(named) : undefined;
}
