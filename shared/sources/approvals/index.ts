/**
 * Approvals: `jobtrail.approval.v1` CloudEvents of change systems and CI. What becomes of each:
 * docs/sources/approvals.md. Approvals of Privileged Access Manager and Access Approval are audit entries: source iam.
 */
import { Approval, APPROVAL_TYPE } from '../../../schemas/approval.ts';
import { adoptRecord, credentialOf, type RecordKind } from '../../attest/record.ts';
import type { Source } from '../source.ts';
import { METHODS, normaliseApproval } from './approval.ts';

const APPROVALS: RecordKind<Approval> = {
  type: APPROVAL_TYPE,
  logName: 'jobtrail/approvals',
  use: 'approvals',
  schema: Approval,
};

export const approvals: Source = {
  name: 'approvals',
  version: 1,
  methods: [...METHODS.keys()],
  owns: (entry) => entry.logName === APPROVALS.logName,
  adopt: adoptRecord(APPROVALS),
  credential: (entry) => credentialOf(APPROVALS, entry),
  normalise: (entry, attestation) => normaliseApproval(APPROVALS, entry, attestation),
};
