/** A decision of an approval → event. Whether it is valid for a use of it is judged later, from the claims given here. */
import type { Approval } from '../../../schemas/approval.ts';
import type { LogEntry } from '../../../schemas/log-entry.ts';
import type { Attestation } from '../../attest/attestation.ts';
import { recordDigest } from '../../attest/canonical-record.ts';
import { readRecord, type RecordKind } from '../../attest/record.ts';
import { speakerOf } from '../../attest/speaker.ts';
import { claim, listClaim, type Claims } from '../../audit/claims.ts';
import { datasetOfUri } from '../../datasets/uri.ts';
import { parseIdentifier } from '../../identity/grammar/identifier.ts';
import { datasetId } from '../../model/dataset.ts';
import {
  ACTIONS,
  type Action,
  type AuditEventDraft,
  type DatasetConcern,
  type Normalised,
} from '../../model/event.ts';
import { parseJobId, type JobId } from '../../model/job.ts';

type Draft = { -readonly [K in keyof AuditEventDraft]: AuditEventDraft[K] };
type Decision = Approval['data']['decision'];

export const METHODS: ReadonlyMap<Decision, { readonly action: Action; readonly op: DatasetConcern['op'] }> =
  new Map([
    ['approved', { action: 'grant.approve', op: 'approve' }],
    ['denied', { action: 'grant.deny', op: 'deny' }],
    ['revoked', { action: 'grant.revoke', op: 'revoke' }],
  ]);

const VERBS: ReadonlySet<string> = new Set(ACTIONS);
/** Narrower than a job id may be: what an approval calls a job reaches the index by job. */
const JOB_ID = /^[A-Za-z0-9._:/%-]{1,512}$/;

export function normaliseApproval(
  kind: RecordKind<Approval>,
  entry: LogEntry,
  attestation: Attestation | undefined,
): Normalised {
  const read = readRecord(kind, entry);
  if (read.kind === 'wrong') return refused(read.reason);
  const { data } = read.record;
  const method = METHODS.get(data.decision);
  if (method === undefined) return refused('The approval has no decision.');

  const unknown = data.what.actions.find((action) => !VERBS.has(action));
  if (unknown !== undefined) return refused(`The approval is for ${unknown}, which is no action.`);
  const stranger = [data.approver, data.for, data.requestedBy].find(
    (text) => text !== undefined && parseIdentifier(text) === undefined,
  );
  if (stranger !== undefined) {
    return refused(
      'The approval names somebody in no grammar of docs/identity.md; write e.g. an e-mail address.',
    );
  }

  const { concerns, left } = datasetsOf(data.what.datasets ?? [], method.op);
  const claims: Claims = {};
  const speaker = speakerOf(data.approver, attestation, 'approval', claims);
  const draft: Draft = {
    action: method.action,
    // The decision was taken; which one, the action says.
    outcome: 'allowed',
    method: data.decision,
    ...speaker,
    via: 'direct',
    claims,
  };
  scopeClaims(claims, data, concerns);
  claim(claims, 'recordDigest', recordDigest(read.record));
  if (left > 0) claims['datasetsLeftOut'] = left;
  const { job } = data.what;
  const id = job === undefined ? undefined : jobIdOf(job);
  if (id !== undefined) draft.job = id;
  else if (job !== undefined) draft.jobName = job;
  if (concerns.length > 0) draft.concerns = concerns;
  return { kind: 'event', event: draft };
}

/** Names are written as canonical ids, so that an approver who is the beneficiary shows as such. */
function scopeClaims(claims: Claims, data: Approval['data'], concerns: readonly DatasetConcern[]): void {
  const { what } = data;
  claim(claims, 'approvalId', data.id);
  claim(claims, 'decision', data.decision);
  claim(claims, 'approver', canonicalId(data.approver), 1024);
  claim(claims, 'beneficiary', canonicalId(data.for), 1024);
  claim(claims, 'requestedBy', canonicalId(data.requestedBy), 1024);
  listClaim(claims, 'actions', what.actions);
  claim(claims, 'job', what.job, 512);
  claim(claims, 'specDigest', what.specDigest);
  listClaim(
    claims,
    'datasets',
    concerns.map(({ dataset }) => dataset),
  );
  claim(claims, 'environment', what.environment);
  claim(claims, 'notBefore', data.notBefore);
  claim(claims, 'until', data.until);
  claim(claims, 'uses', data.uses);
  claim(claims, 'ticket', data.ticket);
  claim(claims, 'link', data.link, 1024);
  claim(claims, 'reason', data.reason, 1000);
}

const canonicalId = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : parseIdentifier(text)?.id;

function datasetsOf(
  texts: readonly string[],
  op: DatasetConcern['op'],
): { readonly concerns: readonly DatasetConcern[]; readonly left: number } {
  const datasets = texts.flatMap((text) => datasetOfUri(text) ?? datasetId(text) ?? []);
  return {
    concerns: datasets.map((dataset) => ({ dataset, op })),
    left: texts.length - datasets.length,
  };
}

const jobIdOf = (text: string): JobId | undefined => (JOB_ID.test(text) ? parseJobId(text) : undefined);

const refused = (reason: string): Normalised => ({ kind: 'refused', code: 'payload-shape', reason });
