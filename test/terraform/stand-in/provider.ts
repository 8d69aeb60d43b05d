/** The provider's answers: requests as the protocol's messages in, messages out. */
import * as z from 'zod';
import type { Block, ProviderSchema } from '../../../scripts/terraform-schema/schema.ts';
import { schemaMessage } from './messages.ts';
import { answered, planned, replacing } from './states.ts';
import { type Problem, problemsOf } from './validate.ts';
import { decodeValue, encodeValue, isObject, type ObjectValue, type Value } from './values.ts';

export type Method = (request: unknown) => object;

const Dynamic = z
  .object({ msgpack: z.instanceof(Uint8Array) })
  .transform(({ msgpack }) => decodeValue(msgpack));
const Typed = z.object({ type_name: z.string() });
const Prepare = z.object({ config: Dynamic });
const Validate = Typed.extend({ config: Dynamic });
const Upgrade = Typed.extend({ raw_state: z.object({ json: z.instanceof(Uint8Array) }) });
const Read = Typed.extend({ current_state: Dynamic });
const Plan = Typed.extend({ prior_state: Dynamic, proposed_new_state: Dynamic });
const Apply = Typed.extend({ planned_state: Dynamic });

/** A method for each of the service's; a type that has no table does not come here, Terraform refuses it. */
export function providerOf(schema: ProviderSchema): Readonly<Record<string, Method>> {
  const message = schemaMessage(schema);
  const blockIn = (blocks: Readonly<Record<string, Block>>, type: string): Block => {
    const block = blocks[type];
    if (block === undefined) throw new Error(`${type} has no argument table`);
    return block;
  };
  const validate =
    (blocks: Readonly<Record<string, Block>>): Method =>
    (request) => {
      const { type_name, config } = Validate.parse(request);
      const block = blockIn(blocks, type_name);
      return { diagnostics: isObject(config) ? problemsOf(block, config).map(diagnostic) : [] };
    };
  return {
    GetSchema: () => message,
    PrepareProviderConfig: (request) => ({ prepared_config: dynamic(Prepare.parse(request).config) }),
    Configure: () => ({}),
    Stop: () => ({}),
    ValidateResourceTypeConfig: validate(schema.resources),
    ValidateDataSourceConfig: validate(schema.dataSources),
    UpgradeResourceState: (request) => ({ upgraded_state: { json: Upgrade.parse(request).raw_state.json } }),
    ReadResource: (request) => ({ new_state: dynamic(Read.parse(request).current_state) }),
    PlanResourceChange: (request) => {
      const { type_name, prior_state, proposed_new_state } = Plan.parse(request);
      const block = blockIn(schema.resources, type_name);
      const next = isObject(proposed_new_state) ? planned(block, proposed_new_state) : proposed_new_state;
      const replaced = isObject(prior_state) && isObject(next) ? replacing(block, prior_state, next) : [];
      return {
        planned_state: dynamic(next),
        requires_replace: replaced.map((name) => ({ steps: [{ attribute_name: name }] })),
        // As the real provider's: it may plan other values than were configured, its defaults.
        legacy_type_system: true,
      };
    },
    ApplyResourceChange: (request) => {
      const { type_name, planned_state } = Apply.parse(request);
      const block = blockIn(schema.resources, type_name);
      return {
        new_state: dynamic(ifObject(planned_state, (state) => answered(type_name, block, state))),
        legacy_type_system: true,
      };
    },
    ReadDataSource: (request) => {
      const { type_name, config } = Validate.parse(request);
      const block = blockIn(schema.dataSources, type_name);
      return {
        state: dynamic(ifObject(config, (state) => answered(type_name, block, planned(block, state)))),
      };
    },
  };
}

function ifObject(value: Value, change: (value: ObjectValue) => Value): Value {
  return isObject(value) ? change(value) : value;
}

function dynamic(value: Value): { msgpack: Buffer } {
  return { msgpack: encodeValue(value) };
}

function diagnostic({ path, summary, detail }: Problem): object {
  const [first = ''] = path.split('.');
  return {
    severity: 'ERROR',
    summary,
    detail,
    attribute: { steps: first === '' ? [] : [{ attribute_name: first }] },
  };
}
