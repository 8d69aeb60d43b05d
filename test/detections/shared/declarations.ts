/** Whom and what a configuration means. */
import { JobtrailError } from '../../../shared/errors.ts';
import {
  facts,
  idOf,
  ANA,
  BO,
  REPORTER,
  PLANNER,
  END_OF_EVENT,
  BEFORE_END,
  excused,
  type Question,
  type Shared,
} from './ground.ts';

/** What is said of a wrong configuration. */
function refusal(shared: Shared, declared: unknown, agents: readonly unknown[]): unknown {
  try {
    facts(shared, declared, agents);
    return 'accepted';
  } catch (error) {
    return error instanceof JobtrailError ? [error.code, error.message, error.hint] : error;
  }
}

const agentIn = (lane?: string): unknown => ({
  principal: 'reporter@acme-prod.iam.gserviceaccount.com',
  owner: 'ana@example.com',
  ...(lane === undefined ? {} : { lane }),
});

const exempted =
  (rule: string, of: Partial<Parameters<ReturnType<typeof facts>['exemption']>[1]>) =>
  (shared: Shared): unknown =>
    facts(shared).exemption(rule, {
      principals: [],
      resource: undefined,
      environment: undefined,
      time: BEFORE_END,
      ...of,
    });

export const DECLARATIONS: readonly Question[] = [
  {
    what: 'all wrong identifiers at once, with where they stand',
    ask: (shared) =>
      refusal(
        shared,
        {
          groups: { 'on-call': ['of a group'] },
          identities: { prod: ['of an environment'] },
          runtimeAccounts: { prod: ['of a runtime'] },
          deployers: ['of deployers'],
          evidenceWriters: ['of evidence'],
          delegations: [
            ['of a caller', 'ana@example.com'],
            ['ana@example.com', 'of a callee'],
          ],
          crossEnvironment: [
            {
              id: 'crossing',
              principal: 'of a crossing',
              from: 'prod',
              to: 'dev',
              actions: ['*'],
              ...excused,
            },
          ],
          exemptions: [{ id: 'excuse', rules: ['r'], principals: ['of an exemption'], ...excused }],
          lanes: { reports: { actions: ['data.read'] } },
        },
        [
          agentIn('other'),
          agentIn(),
          { principal: 'of an agent', owner: 'x' },
          { principal: 'of a lane', owner: 'x', lane: 'reports' },
        ],
      ),
    answer: [
      'config-invalid',
      [
        'The configuration names what is not there or no identifier:',
        'groups.on-call: "of a group" is no known identifier',
        'identities.prod: "of an environment" is no known identifier',
        'runtimeAccounts.prod: "of a runtime" is no known identifier',
        'deployers: "of deployers" is no known identifier',
        'evidenceWriters: "of evidence" is no known identifier',
        'agents.principal: "of an agent" is no known identifier',
        'agents.principal: "of a lane" is no known identifier',
        'agents: the lane other of reporter@acme-prod.iam.gserviceaccount.com is not among lanes',
        'delegations: "of a caller" is no known identifier',
        'delegations: "of a callee" is no known identifier',
        'crossEnvironment.crossing: "of a crossing" is no known identifier',
        'exemptions.excuse: "of an exemption" is no known identifier',
      ].join('\n  '),
      'docs/identity.md lists the grammars.',
    ],
  },
  {
    what: 'one wrong identifier',
    ask: (shared) => refusal(shared, { deployers: ['of deployers'] }, []),
    answer: [
      'config-invalid',
      'The configuration names what is not there or no identifier:\n  deployers: "of deployers" is no known identifier',
      'docs/identity.md lists the grammars.',
    ],
  },
  {
    what: 'a lane where none is declared',
    ask: (shared) => refusal(shared, {}, [agentIn('reports')]),
    answer: 'accepted',
  },
  {
    what: 'who is an agent, by any of its names',
    ask: (shared) =>
      [
        'agent:google:helper@example.com',
        'agent:google:planner@acme-dev.iam.gserviceaccount.com',
        PLANNER,
        ANA,
      ].map((id) => facts(shared).isAgent(idOf(id))),
    answer: [true, true, true, false],
  },
  {
    what: 'the lane of an agent',
    ask: (shared) => [REPORTER, PLANNER].map((id) => facts(shared).laneOf(id)),
    answer: ['reports', undefined],
  },
  {
    what: 'groups, each once',
    ask: (shared) => [ANA, BO, PLANNER].map((id) => facts(shared).groupsOf(id)),
    answer: [['on-call'], ['on-call', 'admins'], []],
  },
  {
    what: 'the environment of an identity: declared, of its project, or none',
    ask: (shared) =>
      [
        ANA,
        PLANNER,
        BO,
        // As long as the suffix of accounts, and another domain.
        'user:google:bo@acme-dev.iam.gserviceaccount.org',
      ].map((id) => facts(shared).environmentOfPrincipal(idOf(id))),
    answer: ['prod', 'dev', undefined, undefined],
  },
  {
    what: 'runtime accounts of an environment, of another, of none',
    ask: (shared) => ['prod', 'dev', undefined].map((name) => facts(shared).isRuntimeAccount(name, REPORTER)),
    answer: [true, undefined, undefined],
  },
  {
    what: 'networks of the egress, and none declared',
    ask: (shared) => [
      facts(shared).isEgressNetwork('//compute.googleapis.com/projects/acme-net/global/networks/egress'),
      facts(shared).isEgressNetwork('//compute.googleapis.com/projects/acme-net/global/networks/default'),
      facts(shared, {}).isEgressNetwork('//compute.googleapis.com/projects/acme-net/global/networks/default'),
    ],
    answer: [true, false, undefined],
  },
  {
    what: 'projects that may hold a topic of the export path: by whole names, by beginnings, and none declared',
    ask: (shared) => {
      const holding = (...exportPath: readonly string[]): unknown =>
        ['acme-logs', 'acme-logs-2', 'acme'].map((project) =>
          facts(shared, { exportPath }).holdsExportTopic(project),
        );
      return [
        holding('projects/acme-logs/topics/jobtrail'),
        holding('projects/acme-logs/topics/*'),
        holding('projects/acme-logs/*'),
        holding('projects/acme-logs*'),
        holding('*'),
        holding('projects/acme-logs/subscriptions/*', 'gs://acme-logs'),
        holding('projects/acme-logs/topics', 'projects/acme-logs'),
        holding(),
      ];
    },
    answer: [
      [true, false, false],
      [true, false, false],
      [true, false, false],
      [true, true, false],
      [true, true, true],
      [false, false, false],
      [false, false, false],
      [undefined, undefined, undefined],
    ],
  },
  {
    what: 'projects whose mesh counts, and who else writes evidence',
    ask: (shared) => {
      const declared = facts(shared, { evidenceWriters: ['ana@example.com'] }, [], ['acme-mesh']);
      return [
        ...['acme-mesh', 'acme-mes'].map((project) => declared.isMeshProject(project)),
        ...[ANA, BO].map((id) => declared.isEvidenceWriter(id)),
        facts(shared, {}).isEvidenceWriter(ANA),
      ];
    },
    answer: [true, false, true, false, false],
  },
  {
    what: 'whether any deployer, path or mesh is declared',
    ask: (shared) =>
      [
        facts(shared, {}),
        facts(
          shared,
          { deployers: ['ana@example.com'], exportPath: ['projects/acme-logs/topics/t'] },
          [],
          ['acme-mesh'],
        ),
      ].map(({ hasDeployers, hasExportPath, hasMeshProjects }) => [
        hasDeployers,
        hasExportPath,
        hasMeshProjects,
      ]),
    answer: [
      [false, false, false],
      [true, true, true],
    ],
  },
  {
    what: 'buckets: named, of datasets and of sinks, not of other stores',
    ask: (shared) => [
      ...['acme-raw', 'lake', 'archive', 'outbox', 'partner', 'lak', 'raw', '/nothing'].map((bucket) =>
        facts(shared).isOwnBucket(bucket),
      ),
      facts(shared, {}).isOwnBucket('lake'),
    ],
    answer: [true, true, true, true, false, false, false, false, undefined],
  },
  {
    what: 'namespaces of protected services',
    ask: (shared) => [
      ...[
        'spanner-proxy',
        'spanner',
        'orders',
        'wide',
        'api',
        'orders-2',
        'plai',
        'plain',
        '',
        'spannex',
      ].map((namespace) => facts(shared).isProtectedNamespace(namespace)),
      facts(shared, {}).isProtectedNamespace('orders'),
    ],
    answer: [true, true, true, true, false, false, false, false, true, false, undefined],
  },
  {
    what: 'an exemption of principals: one of those who did it is enough',
    ask: (shared) =>
      [[ANA], [BO, ANA], [BO], []].map((principals) => exempted('rule-a', { principals })(shared)),
    answer: ['of-ana', 'of-ana', undefined, undefined],
  },
  {
    what: 'an exemption of resources',
    ask: (shared) =>
      ['projects/acme-prod/topics/t', 'projects/acme-dev/topics/t', undefined].map((resource) =>
        exempted('rule-b', { resource })(shared),
      ),
    answer: ['of-topic', undefined, undefined],
  },
  {
    what: 'an exemption of environments',
    ask: (shared) =>
      ['dev', 'prod', undefined].map((environment) => exempted('rule-c', { environment })(shared)),
    answer: ['of-dev', undefined, undefined],
  },
  {
    what: 'an exemption ends at its end, and is of its rules',
    ask: (shared) => [
      exempted('rule-c', { environment: 'dev', time: END_OF_EVENT })(shared),
      exempted('rule-d', { environment: 'dev' })(shared),
    ],
    answer: [undefined, undefined],
  },
];
