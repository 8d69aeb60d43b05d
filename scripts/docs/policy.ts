/** What policies may name: types of principals, verbs and what each is done to. */
import { DECIDED, resourceKindOf, type ResourceKind } from '../../shared/policy/actions.ts';
import { NAMESPACE, PRINCIPAL_TYPES } from '../../shared/policy/schema.ts';
import { code, codes, table } from './markdown.ts';

const KINDS: Readonly<Record<ResourceKind, string>> = {
  Job: 'a job, session or workflow',
  Cluster: 'a data cluster',
  Model: 'a model',
  Dataset: 'a dataset: the first that the entry names',
  Resource: 'anything else, by its resource name',
};

export const POLICY_PARTS: readonly (readonly [string, () => string])[] = [
  [
    'policy-principals',
    () =>
      table(
        ['kind of principal', 'type'],
        Object.entries(PRINCIPAL_TYPES).map(([kind, type]) => [kind, code(`${NAMESPACE}::${type}`)]),
      ),
  ],
  [
    'policy-verbs',
    () =>
      table(
        ['resource', 'is', 'verbs'],
        Object.entries(KINDS).map(([kind, meaning]) => [
          code(`${NAMESPACE}::${kind}`),
          meaning,
          codes(DECIDED.filter((action) => resourceKindOf(action) === kind)),
        ]),
      ),
  ],
];
