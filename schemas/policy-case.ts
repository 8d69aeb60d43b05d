/**
 * Cases of declared policy, `policies/tests/*.yaml`: this principal, this action, this resource, what policy says of it.
 * docs/policy.md has examples.
 */
import * as z from 'zod';

const text = z.string().min(1).max(2048);
const environment = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/);
const instant = z.iso.datetime({
  offset: true,
  error: 'expected an RFC 3339 time such as 2026-01-01T00:00:00Z',
});

/** How the event came about; what is left out is as an entry has it that does not tell it. */
const CaseContext = z.strictObject({
  credential: z
    .enum(['mtls', 'oidc', 'oauth', 'static-key', 'federation', 'password', 'credential', 'none'])
    .default('oauth'),
  /** Name of the user-managed key that minted the token. */
  keyName: text.optional(),
  /** Original caller first. */
  actingFor: z.array(text).default([]),
  runAs: text.optional(),
  outcome: z.enum(['allowed', 'denied', 'failed', 'unknown']).default('allowed'),
  time: instant.default('2026-01-01T12:00:00Z'),
  source: text.default('dataproc'),
  jobName: text.optional(),
  reads: z.array(text).default([]),
  writes: z.array(text).default([]),
});

/** What arrived later; what is left out has not arrived yet, `null` is known not to be there. */
const CaseSettled = z.strictObject({
  approval: z
    .strictObject({
      by: text,
      signed: z.boolean().default(true),
      selfApproved: z.boolean().default(false),
      kind: text.default('jobtrail.approval.v1'),
    })
    .nullable()
    .optional(),
  through: z.array(z.enum(['gateway', 'mesh'])).optional(),
  prior: z.strictObject({ existed: z.boolean(), byDeployer: z.boolean() }).nullable().optional(),
});

export const PolicyCase = z.strictObject({
  name: z.string().trim().min(1).max(200),
  /** In any grammar of docs/identity.md; left out: nobody is named. */
  principal: text.optional(),
  /** A verb of docs/vocabulary.md. */
  action: text,
  /** Job id, dataset id or resource name, as the verb has it. */
  resource: text.optional(),
  project: text.optional(),
  /** Left out: that of the project. */
  environment: environment.optional(),
  context: CaseContext.optional(),
  settled: CaseSettled.optional(),
  expect: z.enum(['permitted', 'forbidden', 'undeclared', 'not-covered', 'undetermined']),
  /** Ids of all policies that decide, in any order. */
  policies: z.array(text).optional(),
  waitsFor: z.array(z.enum(['approval', 'via', 'prior'])).optional(),
});
export type PolicyCase = z.infer<typeof PolicyCase>;

export const PolicyCases = z.array(PolicyCase).min(1).max(2000);
export const DEFAULT_CONTEXT = CaseContext.parse({});
