/** A rule of the organisation's own, `rules/*.yaml`: a detection without code. docs/own-rules.md tells how to write one. */
import * as z from 'zod';
import { Severity } from './alerting.ts';

const line = z.string().trim().min(1).max(500);
/** A CEL expression over `event` and `decision`. */
const expression = z.string().regex(/\S/, 'expected a CEL expression').max(2000);
const label = z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,39}$/, 'expected letters and digits');
const instant = z.iso.datetime({
  offset: true,
  error: 'expected an RFC 3339 time such as 2026-01-01T00:00:00Z',
});
const text = z.string().max(4096);

/** An event by the fields that a rule reads; what is left out is empty, as it is where an entry does not tell it. */
export const RuleEvent = z.strictObject({
  action: text,
  outcome: z.enum(['allowed', 'denied', 'failed', 'unknown']).default('allowed'),
  /** Any identifier in a grammar of docs/identity.md. */
  actor: text.optional(),
  /** Original caller first. */
  actingFor: z.array(text).default([]),
  runAs: text.optional(),
  time: instant.default('2026-01-01T12:00:00Z'),
  source: text.default(''),
  method: text.default(''),
  job: text.optional(),
  jobName: text.optional(),
  resource: text.optional(),
  project: text.optional(),
  location: text.optional(),
  environment: text.optional(),
  via: z.enum(['direct', 'mesh', 'gateway']).default('direct'),
  keyName: text.optional(),
  reads: z.array(text).default([]),
  writes: z.array(text).default([]),
  uses: z.array(text).default([]),
  claims: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
});
export type RuleEvent = z.infer<typeof RuleEvent>;

export const RuleCase = z
  .strictObject({
    note: line,
    /** Key of what is found; without one the rule must stay quiet. */
    fires: z.string().min(1).max(1024).optional(),
    quiet: z.literal(true).optional(),
    event: RuleEvent.optional(),
    /** A whole log entry, as Cloud Logging exports it. */
    entry: z.record(z.string(), z.unknown()).optional(),
    /** What policy says of it; without one what the policies of the bundle say. */
    decision: z.enum(['permitted', 'forbidden', 'undeclared', 'not-covered', 'undetermined']).optional(),
  })
  .refine((one) => (one.fires === undefined) !== (one.quiet === undefined), {
    error: 'write either `fires: KEY` or `quiet: true`',
  })
  .refine((one) => (one.event === undefined) !== (one.entry === undefined), {
    error: 'write either `event` or `entry`',
  });
export type RuleCase = z.infer<typeof RuleCase>;

export const Rule = z.strictObject({
  /** Begins with `own-`, so that it can never be one of the catalogue. */
  id: z
    .string()
    .regex(/^own-[a-z0-9]+(-[a-z0-9]+)*$/, 'expected `own-` and lower-case words joined by `-`')
    .max(64),
  /** Raise it whenever the same event would be found differently. */
  version: z.number().int().min(1).default(1),
  title: line,
  severity: Severity,
  why: line,
  runbook: z.array(line).min(2).max(5),
  maps: z
    .strictObject({
      attack: z
        .array(z.string().regex(/^T[0-9]{4}(\.[0-9]{3})?$/, 'expected T1234 or T1234.001'))
        .default([]),
      soc2: z.array(line).default([]),
      iso27001: z.array(line).default([]),
    })
    .default({ attack: [], soc2: [], iso27001: [] }),
  /** Verbs of docs/vocabulary.md; the rule is asked for no other event. */
  on: z.array(z.string().max(64)).min(1),
  /** True where the event is to be found. */
  where: expression,
  /** Text: findings of one key are one alert. */
  key: expression,
  /** `[label, expression]`, in the order they are told. */
  evidence: z
    .array(z.tuple([label, expression]))
    .min(1)
    .max(12),
  cases: z.array(RuleCase).min(2).max(100),
});
export type Rule = z.infer<typeof Rule>;
