/** What an apply made, as `terraform show -json` tells it. */
import * as z from 'zod';

export interface Resource {
  /** With the modules it is in. */
  readonly address: string;
  readonly type: string;
  readonly values: Readonly<Record<string, unknown>>;
}

interface Module {
  readonly resources?: Resource[] | undefined;
  readonly child_modules?: Module[] | undefined;
}

const Module: z.ZodType<Module> = z.lazy(() =>
  z.object({
    resources: z
      .array(
        z.object({
          address: z.string(),
          type: z.string(),
          mode: z.string(),
          values: z.record(z.string(), z.unknown()),
        }),
      )
      .transform((all) => all.filter((resource) => resource.mode === 'managed'))
      .optional(),
    child_modules: z.array(Module).optional(),
  }),
);

const State = z.object({ values: z.object({ root_module: Module }) });

export class Deployed {
  readonly resources: readonly Resource[];

  /** From the text of `terraform show -json`. */
  constructor(text: string) {
    const all = (module: Module): Resource[] => [
      ...(module.resources ?? []),
      ...(module.child_modules ?? []).flatMap(all),
    ];
    this.resources = all(State.parse(JSON.parse(text)).values.root_module);
  }

  /** Resources of a type with their values as `shape` has them. */
  all<T>(type: string, shape: z.ZodType<T>): (T & { readonly address: string })[] {
    return this.resources
      .filter((resource) => resource.type === type)
      .map(({ address, values }) => ({ ...shape.parse(values), address }));
  }
}

/** A rule: what is wrong, a sentence each. */
export type Rule = (deployed: Deployed) => string[];
