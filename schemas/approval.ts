/**
 * `jobtrail.approval.v1`: somebody decided whether somebody may do something. Published as a CloudEvent by a change
 * system, a chat bot or CI; docs/sources/approvals.md has an example and how its proof is made.
 */
import * as z from 'zod';
import { cloudEvent, identifier, instant, line, proof, sha256Hex } from './cloud-event.ts';

export const APPROVAL_TYPE = 'jobtrail.approval.v1';

/** What is approved. Each member narrows it; what is absent is not limited. */
const Scope = z.strictObject({
  /** Verbs of docs/vocabulary.md: `job.submit`, `data.write`. */
  actions: z
    .array(z.string().regex(/^[a-z]{1,32}(?:\.[a-z]{1,32})?$/))
    .min(1)
    .max(50),
  /** Id of a job (docs/vocabulary.md), or its name or template as its engine spells it. */
  job: line(512).optional(),
  /** Of the job's specification in its canonical form, so that another specification is another job. */
  specDigest: sha256Hex.optional(),
  /** Datasets that may be touched: URIs or dataset ids. */
  datasets: z.array(line(1024)).min(1).max(200).optional(),
  /** Environment of the configuration. */
  environment: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,63}$/)
    .optional(),
});

const ApprovalData = z
  .strictObject({
    /** Names the approval through all that is decided of it: a revocation has the id of what it takes back. */
    id: line(128),
    decision: z.enum(['approved', 'denied', 'revoked']),
    /** Who decided. */
    approver: identifier,
    /** Who asked, where it is somebody else than who may use it. */
    requestedBy: identifier.optional(),
    /** Who may use it. */
    for: identifier,
    what: Scope,
    /** Inclusive; absent: from the time of the record. */
    notBefore: instant.optional(),
    /** Exclusive. An approval has an end. */
    until: instant.optional(),
    /** How often it may be used; absent: as often as wanted until its end. */
    uses: z.number().int().min(1).max(1_000_000).optional(),
    /** Id in the change system. */
    ticket: line(256).optional(),
    link: z
      .url({ protocol: /^https$/ })
      .max(1024)
      .optional(),
    reason: line(1000).optional(),
    proof: proof.optional(),
  })
  .refine(({ decision, until }) => decision !== 'approved' || until !== undefined, {
    path: ['until'],
    error: 'an approval has an end',
  })
  .refine(({ notBefore, until }) => !(Date.parse(notBefore ?? '') >= Date.parse(until ?? '')), {
    path: ['until'],
    error: 'expected a time after notBefore',
  });

export const Approval = cloudEvent(APPROVAL_TYPE, ApprovalData);
export type Approval = z.infer<typeof Approval>;
