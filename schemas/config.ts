/**
 * jobtrail.yaml: what the organisation declares. Validated once at start; a wrong file is refused with every problem
 * at once. Pure data: identities that are one principal, which project is which environment, retention.
 */
import * as z from 'zod';
import { Alerting } from './alerting.ts';
import { Declared } from './declared.ts';

const instant = z.iso.datetime({
  offset: true,
  error: 'expected an RFC 3339 time such as 2026-01-01T00:00:00Z',
});

/** Name of an agent's lane. */
export const LANE = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** Says that two identifiers are one principal, over a range of event time (`from` inclusive, `until` exclusive). */
export const Binding = z.strictObject({
  /** Cited wherever the binding was used. */
  id: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,127}$/, 'expected lower-case letters, digits, `.`, `_`, `-`'),
  /** Any identifier in a grammar of docs/identity.md: e-mail, spiffe:// URI, principal:// URI, principal id. */
  alias: z.string().min(1).max(1024),
  /** The principal it stands for, in any of the same grammars. */
  principal: z.string().min(1).max(1024),
  from: instant.optional(),
  until: instant.optional(),
  reason: z.string().max(500).optional(),
});
export type Binding = z.infer<typeof Binding>;

/** An AI or automation agent: which identifiers are agents, who answers for each, what it is meant for. */
export const Agent = z.strictObject({
  principal: z.string().min(1).max(1024),
  owner: z.string().min(1).max(1024),
  /** Names the lane it is to keep to; what a lane allows is policy. */
  lane: z.string().regex(LANE, 'expected lower-case letters, digits, `.`, `_`, `-`').optional(),
});
export type Agent = z.infer<typeof Agent>;

const projectName = z.string().min(1).max(128);

/** Members that hold a private or symmetric key (RFC 7518 sections 6.2.2, 6.3.2 and 6.4.1, RFC 8037, RFC 9964). */
const SECRET_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

/** A public key of RFC 7517. Keys that sign must never stand in a configuration. */
export const PublicJwk = z
  .looseObject({
    kty: z.enum(['RSA', 'EC', 'OKP'], { error: 'expected RSA, EC or OKP: shared secrets prove nothing' }),
    kid: z.string().min(1).max(512).optional(),
  })
  .refine((key) => !SECRET_MEMBERS.some((member) => Object.hasOwn(key, member)), {
    error:
      'this is a private key: revoke it, and give the public part alone (without d, p, q, dp, dq, qi, k)',
  });

/** Keys are fetched in the clear from this machine only: for trials and tests. */
const LOOPBACK = /^http:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?(?:\/|$)/;

/**
 * Whose signatures and tokens prove approvals and deployments. Keys are part of the configuration, or fetched from the
 * issuer by the edge.
 */
export const Issuer = z
  .strictObject({
    /** Cited by every record that it proves. */
    id: z
      .string()
      .regex(/^[a-z0-9][a-z0-9._-]{0,127}$/, 'expected lower-case letters, digits, `.`, `_`, `-`'),
    /** `iss` of its tokens and signatures. */
    issuer: z.string().min(1).max(1024),
    /** Its public keys (RFC 7517), written out. Private parts are refused. */
    jwks: z.strictObject({ keys: z.array(PublicJwk).min(1).max(100) }).optional(),
    /** Where it publishes them. */
    jwksUri: z
      .url({ protocol: /^https?$/ })
      .refine((uri) => uri.startsWith('https://') || LOOPBACK.test(uri), {
        error: 'expected https://: whoever can change the keys on their way can sign',
      })
      .optional(),
    /** `aud` that OIDC tokens must have, followed by `#sha256=` and the digest of the record. */
    audience: z.string().min(1).max(1024).optional(),
    /** Which records it may prove. */
    attests: z.array(z.enum(['approvals', 'deployments'])).min(1),
    /** `subject`: it proves only who its token is about; `others`: it speaks for the people a record names. */
    vouchesFor: z.enum(['subject', 'others']).default('subject'),
    /**
     * Takes tokens that name the audience alone. Whoever sees such a token can put it on another record, dated into its
     * validity, at any time. Never together with `vouchesFor: others`.
     */
    unboundTokens: z.boolean().default(false),
    /** Only tokens with these claims, each equal to the text or one of the texts. */
    claims: z
      .record(z.string().min(1).max(128), z.union([z.string().max(1024), z.array(z.string().max(1024))]))
      .default({}),
  })
  .refine((issuer) => (issuer.jwks === undefined) !== (issuer.jwksUri === undefined), {
    error: 'give either jwks or jwksUri',
  })
  .refine(
    ({ audience, unboundTokens, claims }) =>
      audience !== undefined || (!unboundTokens && Object.keys(claims).length === 0),
    {
      path: ['audience'],
      error: 'claims and unboundTokens are about tokens, which are taken for an audience only',
    },
  )
  .refine(({ unboundTokens, vouchesFor }) => !unboundTokens || vouchesFor === 'subject', {
    path: ['vouchesFor'],
    error:
      'whoever sees an unbound token could let it speak for anybody: use signatures, or tokens that name the record',
  });
export type Issuer = z.infer<typeof Issuer>;

/** What the scheduled poll asks, as facts to hold logs against. */
export const Observe = z.strictObject({
  dataproc: z
    .array(z.strictObject({ project: projectName, regions: z.array(z.string().min(1).max(64)).min(1) }))
    .default([]),
  /** Without locations: all of the project's, by the aggregated list. */
  dataflow: z
    .array(
      z.strictObject({
        project: projectName,
        locations: z.array(z.string().min(1).max(64)).min(1).optional(),
      }),
    )
    .default([]),
  databricks: z
    .array(
      z.strictObject({
        /** Numeric id, as audit events have it. */
        workspace: z.string().regex(/^[0-9]{1,20}$/),
        /** `https://NUMBER.N.gcp.databricks.com`. */
        url: z.url({ protocol: /^https?$/ }),
        /** Environment variable or mounted file with an access token; never the token itself. */
        tokenFrom: z.string().regex(/^(env|file):.{1,512}$/, 'expected env:NAME or file:/path'),
      }),
    )
    .default([]),
  /** Projects whose log export and Pub/Sub backlog metrics are read. */
  metrics: z.array(projectName).default([]),
  /** How far back a poll looks for jobs that have ended. */
  lookbackHours: z.number().int().min(1).max(168).default(24),
});
export type Observe = z.infer<typeof Observe>;

/** Event classes with a retention of their own. */
export const RETENTION_CLASSES = ['access', 'data', 'job', 'control', 'policy', 'quarantine'] as const;
export type RetentionClass = (typeof RETENTION_CLASSES)[number];

const days = z.number().int().min(1).max(3650);

export const Config = z.strictObject({
  version: z.literal(1).default(1),
  /** Environment name → projects (ids or numbers). */
  environments: z.record(z.string().regex(/^[a-z][a-z0-9-]{0,63}$/), z.array(projectName)).default({}),
  bindings: z.array(Binding).default([]),
  agents: z.array(Agent).default([]),
  issuers: z.array(Issuer).default([]),
  observe: Observe.default({ dataproc: [], dataflow: [], databricks: [], metrics: [], lookbackHours: 24 }),
  /** Projects whose mesh logs count as declared-writer evidence. Empty: every mesh log is tenant-written. */
  meshProjects: z.array(projectName).default([]),
  /** Days each class of rows is kept, counted from the later of event and receive time. */
  retentionDays: z
    .strictObject({ access: days, data: days, job: days, control: days, policy: days, quarantine: days })
    .partial()
    .default({}),
  /** Classes whose raw entry is kept in the row (up to rawLimit characters). */
  rawClasses: z.array(z.enum(RETENTION_CLASSES)).default(['job', 'control', 'quarantine']),
  rawLimit: z.number().int().min(0).max(2_000_000).default(524_288),
  ...Declared.shape,
  ...Alerting.shape,
});
export type Config = z.infer<typeof Config>;
