/** What every function does with a wrong environment: names all of it at once, and does not start. */
import type * as z from 'zod';
import { JobtrailError } from '../../shared/errors.ts';

/**
 * @param page under docs/ that tells about the variables, and how it does
 * @throws JobtrailError `config-invalid` naming every variable that is wrong.
 */
export function parseVariables<T>(
  schema: z.ZodType<T>,
  variables: Readonly<Record<string, string | undefined>>,
  page: string,
): T {
  const parsed = schema.safeParse(variables);
  if (parsed.success) return parsed.data;
  throw wrongEnvironment(
    parsed.error.issues.map(({ path, message }) => `${String(path[0])} ${message}`),
    page,
  );
}

export const wrongEnvironment = (problems: readonly string[], page: string): JobtrailError =>
  new JobtrailError(
    'config-invalid',
    `The function's environment is wrong: ${problems.join('; ')}.`,
    `Set the variables named; ${page}.`,
  );
