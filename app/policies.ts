/** Policies of the configuration in the engine's words. */
import type { Config } from '../config/schema/config.ts';
import type { PoliciesConfig } from '../config/schema/policies.ts';
import { type StreamConfig, streamSchema } from '../config/schema/stream.ts';
import type { FieldPolicy, FilterCondition, Policies, StreamPolicy } from '../pipeline/setup.ts';

/** What a stream gets; the defaults where the configuration is silent. */
export function streamPolicy(config: StreamConfig | undefined): StreamPolicy {
  const { pull, push, create, update, delete: deletion } = config ?? streamSchema.parse({});
  return {
    pull: pull === 'on',
    push,
    create: typeof create === 'string' ? create : create.where.map(conditionOf),
    update,
    delete: deletion,
  };
}

function conditionOf(condition: {
  field: string;
  is?: string | number | boolean | undefined;
  in?: (string | number | boolean)[] | undefined;
  empty?: boolean | undefined;
}): FilterCondition {
  return {
    field: condition.field,
    ...(condition.is === undefined ? {} : { is: condition.is }),
    ...(condition.in === undefined ? {} : { in: condition.in }),
    ...(condition.empty === undefined ? {} : { empty: condition.empty }),
  };
}

/** Policies in the engine's words. */
export function policiesOf(config: Config): Policies {
  const { authority, fields, settleSeconds, ...rest }: PoliciesConfig = config.policies;
  const order = authority ?? Object.keys(config.systems);
  return {
    authority: order,
    rule: rest.rule,
    fields: new Map(
      Object.entries(fields).map(([name, policy]): [string, FieldPolicy] => [name, { rule: policy.rule ?? rest.rule, authority: policy.authority ?? order }]),
    ),
    firstSync: rest.firstSync,
    openingBalances: rest.openingBalances,
    lostAdjustments: rest.lostAdjustments,
    settleMs: Math.round(settleSeconds * 1000),
    maxSharedContact: rest.maxSharedContact,
  };
}
