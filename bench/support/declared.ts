/**
 * What an organisation like the one of the mix declares: environments and bindings, groups that hold everybody of the mix,
 * sixty policies, and what the catalogue's detections compare with. What the mix does all day is declared, as it would be
 * where alerts are read; left over are its changes of grants, templates and mesh policies by hand.
 */
import type * as z from 'zod';
import { companyConfig } from '../../cli/day/config.ts';
import { PROJECTS } from '../../cli/day/company.ts';
import { Random } from '../../cli/day/random.ts';
import type { Alerting } from '../../schemas/alerting.ts';
import { parseBundle, type Bundle, type BundleTexts } from '../../shared/config/bundle.ts';
import { parseConfig, type LoadedConfig } from '../../shared/config/parse.ts';
import { isObject } from '../../shared/sources/fields.ts';
import { policySet } from '../mix/policies.ts';
import { population, type Population } from '../mix/population.ts';

const POLICIES = 60;
const ENVIRONMENTS = ['prod', 'staging', 'dev'] as const;
/** Those that a set of that size has policies for. */
const TEAMS = ['team-1', 'team-2', 'team-3'];
/** Where the mix's Databricks entries come from. */
const WORKSPACES = ['4821734609921173', '4821734609921174', '4821734609921175'];
const PLATFORM = 'platform@example.com';

const NAME = 'jobtrail.yaml';

/** @param seed of the mix */
export const benchBundle = (seed: number): Bundle => parseBundle(benchTexts(seed));

/** @param alerting keys of the configuration that say whom findings reach */
export const benchTexts = (seed: number, alerting: z.input<typeof Alerting> = {}): BundleTexts => ({
  config: { name: NAME, text: configText(seed, alerting) },
  policies: [{ name: 'policies/teams.cedar', text: policySet(POLICIES, ENVIRONMENTS) }],
  rules: [],
});

/** The same configuration with nothing that judges: no policies, no detections. */
export const benchConfig = (seed: number): LoadedConfig => parseConfig(configText(seed), NAME);

/** JSON, which is YAML. */
function configText(seed: number, alerting: z.input<typeof Alerting> = {}): string {
  const { callers, servicePrincipals } = population(new Random(seed).fork('population'));
  const named = callers.map(namesOf);
  // Those of Databricks are people of the same company whom no audit log need name.
  const people = Array.from({ length: 300 }, (_, i) => `user${i}@example.com`);
  const members = [...new Set([...people, ...named.map(({ mail }) => mail)])];
  return JSON.stringify({
    ...companyConfig,
    ...alerting,
    environments: {
      ...companyConfig.environments,
      prod: [...companyConfig.environments.prod, ...WORKSPACES.map((id) => `databricks/${id}`)],
    },
    bindings: [
      ...companyConfig.bindings,
      ...people.map((mail, i) => ({
        id: `databricks-user-${i}`,
        alias: `user:databricks:${mail}`,
        principal: mail,
        reason: 'single sign-on of the Databricks account',
      })),
    ],
    groups: {
      ...companyConfig.groups,
      ...Object.fromEntries(
        TEAMS.map((team, at) => [team, members.filter((_, i) => i % TEAMS.length === at)]),
      ),
      analysts: people,
      platform: [PLATFORM],
      'data-stewards': ['farah@example.com'],
    },
    // The mesh's pods, and the office from which people call.
    egress: { addresses: ['10.8.0.0/16', '198.51.100.0/24'], networks: [] },
    exportPath: [PROJECTS.prod, PROJECTS.staging, PROJECTS.dev].flatMap(({ id }) => [
      `projects/${id}/topics/jobtrail-*`,
      `projects/${id}/subscriptions/jobtrail-*`,
    ]),
    // Notebooks run as those who wrote them.
    runtimeAccounts: {
      ...companyConfig.runtimeAccounts,
      prod: [
        ...companyConfig.runtimeAccounts.prod,
        ...people,
        ...servicePrincipals.map((id) => `service-account:databricks:${id}`),
      ],
    },
    delegations: [
      ...companyConfig.delegations,
      ...named.flatMap(({ mail, actingFor }) => actingFor.map((from) => [from, mail])),
    ],
    crossEnvironment: [
      ...companyConfig.crossEnvironment,
      ...['staging', 'dev'].map((to) => ({
        id: `prod-in-${to}`,
        from: 'prod',
        to,
        actions: ['*'],
        owner: PLATFORM,
        reason: 'the applications have accounts in production only',
        until: '2027-06-30T00:00:00Z',
      })),
    ],
  });
}

interface Named {
  readonly mail: string;
  readonly actingFor: readonly string[];
}

function namesOf({ authenticationInfo }: Population['callers'][number]): Named {
  const chain = authenticationInfo['serviceAccountDelegationInfo'];
  const links: readonly unknown[] = Array.isArray(chain) ? chain : [];
  return {
    mail: mailOf(authenticationInfo),
    actingFor: links.map((link) => mailOf(isObject(link) ? link['firstPartyPrincipal'] : undefined)),
  };
}

function mailOf(of: unknown): string {
  const mail = isObject(of) ? of['principalEmail'] : undefined;
  if (typeof mail !== 'string') throw new TypeError('a caller of the mix has no mail address');
  return mail;
}
