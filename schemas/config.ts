/**
 * jobtrail.yaml: what the organisation declares. Validated once at start; a wrong file is refused with every problem
 * at once. Pure data: identities that are one principal, which project is which environment, retention.
 */
import * as z from 'zod';

const instant = z.iso.datetime({
  offset: true,
  error: 'expected an RFC 3339 time such as 2026-01-01T00:00:00Z',
});

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

/** An AI or automation agent: which identifiers are agents, who answers for each. */
export const Agent = z.strictObject({
  principal: z.string().min(1).max(1024),
  owner: z.string().min(1).max(1024),
});
export type Agent = z.infer<typeof Agent>;

const projectName = z.string().min(1).max(128);

/** Event classes with a retention of their own. */
export const RETENTION_CLASSES = ['access', 'data', 'job', 'control', 'quarantine'] as const;
export type RetentionClass = (typeof RETENTION_CLASSES)[number];

const days = z.number().int().min(1).max(3650);

export const Config = z.strictObject({
  version: z.literal(1).default(1),
  /** Environment name → projects (ids or numbers). */
  environments: z.record(z.string().regex(/^[a-z][a-z0-9-]{0,63}$/), z.array(projectName)).default({}),
  bindings: z.array(Binding).default([]),
  agents: z.array(Agent).default([]),
  /** Projects whose mesh logs count as declared-writer evidence. Empty: every mesh log is tenant-written. */
  meshProjects: z.array(projectName).default([]),
  /** Days each class of rows is kept, counted from the later of event and receive time. */
  retentionDays: z
    .strictObject({ access: days, data: days, job: days, control: days, quarantine: days })
    .partial()
    .default({}),
  /** Classes whose raw entry is kept in the row (up to rawLimit characters). */
  rawClasses: z.array(z.enum(RETENTION_CLASSES)).default(['job', 'control', 'quarantine']),
  rawLimit: z.number().int().min(0).max(2_000_000).default(524_288),
});
export type Config = z.infer<typeof Config>;
