/**
 * What may still arrive after an event, as the values that it may turn out to have. A decision that is the same for all of
 * them is taken at once; any other waits.
 */
import type { CedarValueJson, Context } from '@cedar-policy/cedar-wasm/nodejs';
import type { Awaited } from './decision.ts';
import type { Settled } from './request.ts';
import { AWAITED_ATTRIBUTES } from './schema.ts';
import type { Usage } from './usage.ts';

const ATTRIBUTES = ['approval', 'through', 'prior'] as const satisfies (keyof typeof AWAITED_ATTRIBUTES)[];
type Attribute = (typeof ATTRIBUTES)[number];

const unknown = (arg: string): CedarValueJson => ({ __extn: { fn: 'unknown', arg } });
const EITHER = [false, true];

/**
 * Undefined: known not to be there, which Cedar's own unknowns cannot be. Who approved, and in which kind of record, may be
 * any text.
 */
const VALUES: Readonly<Record<Attribute, readonly (CedarValueJson | undefined)[]>> = {
  through: [[], ['gateway'], ['mesh'], ['gateway', 'mesh']],
  prior: [undefined, ...EITHER.flatMap((existed) => EITHER.map((byDeployer) => ({ existed, byDeployer })))],
  approval: [
    undefined,
    ...EITHER.flatMap((signed) =>
      EITHER.map((selfApproved) => ({ by: unknown('by'), kind: unknown('kind'), signed, selfApproved })),
    ),
  ],
};

/** What a policy looks at of what an entry alone does not tell. */
export const awaitedIn = ({ attributes, whole }: Usage): readonly Attribute[] =>
  ATTRIBUTES.filter((attribute) => whole.has('context') || attributes.has(`context.${attribute}`));

/** One way in which what is awaited may turn out. */
interface World {
  /** Which value each awaited attribute has, by number. */
  readonly values: readonly number[];
  readonly context: Context;
}

export interface Worlds {
  /** In the order of `values`. */
  readonly awaited: readonly Awaited[];
  readonly worlds: readonly World[];
}

/** Every combination of what these policies look at and nobody has settled. */
export function worldsOf(
  policies: readonly { readonly usage: Usage }[],
  context: Context,
  settled: Settled,
): Worlds {
  const open = ATTRIBUTES.filter(
    (attribute) =>
      settled[attribute] === undefined && policies.some(({ usage }) => awaitedIn(usage).includes(attribute)),
  );
  let worlds: readonly World[] = [{ values: [], context }];
  for (const attribute of open) {
    worlds = worlds.flatMap((world) =>
      VALUES[attribute].map((value, number) => ({
        values: [...world.values, number],
        context: value === undefined ? world.context : { ...world.context, [attribute]: value },
      })),
    );
  }
  return { awaited: open.map((attribute) => AWAITED_ATTRIBUTES[attribute]), worlds };
}
