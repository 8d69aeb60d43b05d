/** Forms that several parts of jobtrail.yaml are written in. */
import * as z from 'zod';

export const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,127}$/, 'expected lower-case letters, digits, `.`, `_`, `-`');
export const identifier = z.string().min(1).max(1024);
export const environmentName = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/);
export const instant = z.iso.datetime({
  offset: true,
  error: 'expected an RFC 3339 time such as 2026-01-01T00:00:00Z',
});
export const hour = z.number().int().min(0).max(24);
/** A whole value, or one that ends in `*`: the beginning of it. */
export const pattern = z
  .string()
  .min(1)
  .max(1024)
  .regex(/^[^*]*\*?$/, '`*` may stand at the end only');
export const cidr = z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()]);
/** Every exception says who answers for it, why, and when it ends. */
export const excused = { owner: identifier, reason: z.string().min(1).max(500), until: instant };
