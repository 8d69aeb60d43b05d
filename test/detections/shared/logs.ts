/** What configurations of logs and of the mesh keep. */
import { claim, type Question } from './ground.ts';

const configs = (
  lines: Readonly<Record<string, readonly string[]>>,
): ReadonlyMap<string, ReadonlySet<string>> =>
  new Map(Object.entries(lines).map(([line, members]) => [line, new Set(members)]));
const shownConfigs = (map: ReadonlyMap<string, ReadonlySet<string>>): unknown =>
  Object.fromEntries([...map].map(([line, members]) => [line, [...members]]));
const READ = 'storage.googleapis.com DATA_READ';

export const LOGS: readonly Question[] = [
  {
    what: 'audit configuration after deltas, and before them',
    ask: ({ withDeltas }) => {
      const was = configs({ [READ]: ['user:a'] });
      const delta = (action: string, line: string, member?: string) => ({ action, line, exempted: member });
      return [
        withDeltas(was, [delta('ADD', READ)], true),
        withDeltas(was, [delta('ADD', READ, 'user:b')], true),
        withDeltas(was, [delta('ADD', 'x DATA_READ', 'user:b')], true),
        withDeltas(was, [delta('ADD', 'x DATA_READ')], true),
        withDeltas(was, [delta('REMOVE', READ)], true),
        withDeltas(was, [delta('REMOVE', READ, 'user:a')], true),
        withDeltas(was, [delta('REMOVE', 'x DATA_READ', 'user:a')], true),
        withDeltas(was, [delta('ADD', READ, 'user:a')], false),
      ].map(shownConfigs);
    },
    answer: [
      { [READ]: ['user:a'] },
      { [READ]: ['user:a', 'user:b'] },
      { [READ]: ['user:a'], 'x DATA_READ': ['user:b'] },
      { [READ]: ['user:a'], 'x DATA_READ': [] },
      {},
      { [READ]: [] },
      { [READ]: ['user:a'] },
      { [READ]: [] },
    ],
  },
  {
    what: 'losses where a line of all services gives way to one of a service',
    ask: ({ lossesOf }) =>
      lossesOf(configs({ 'allServices DATA_READ': [] }), configs({ [READ]: ['user:a'] })),
    answer: [
      { line: 'allServices DATA_READ', exempted: undefined },
      { line: READ, exempted: 'user:a' },
    ],
  },
  {
    what: 'what a sink keeps: a sampled filter is everything, a sampled exclusion none',
    ask: ({ keptBySink, keptNames }) =>
      [
        {},
        { filter: 'sample(insertId, 0.1)' },
        claim('exclusionFilters', [['e', 'sample(insertId, 0.1)']]),
        claim('exclusionFilters', [['e', 'severity>=DEFAULT']]),
        claim('exclusionFilters', [['e', 'severity>=DEFAULT', 'disabled']]),
      ].map((claims) => {
        const kept = keptBySink(claims, 'acme-prod');
        return [keptNames(kept).length, [...kept.values()].every((one) => one === true)];
      }),
    answer: [
      [15, true],
      [15, true],
      [15, true],
      [0, false],
      [15, true],
    ],
  },
  {
    what: 'what is lost, and what may be',
    ask: ({ lostBetween }) => {
      const kept = (one: boolean | undefined, two: boolean | undefined, three: boolean | undefined) =>
        new Map([
          ['one', one],
          ['two', two],
          ['three', three],
        ]);
      return [
        lostBetween(kept(true, true, true), kept(false, undefined, true)),
        lostBetween(kept(undefined, false, undefined), kept(false, true, true)),
      ];
    },
    answer: [
      { lost: ['one'], unsure: ['two'] },
      { lost: [], unsure: ['one'] },
    ],
  },
  {
    what: 'names of a list, three at most',
    ask: ({ namesOf }) =>
      [[], ['a'], ['a', 'b', 'c'], ['a', 'b', 'c', 'd'], ['a', 'b', 'c', 'd', 'e']].map(namesOf),
    answer: ['', 'a', 'a, b, c', 'a, b, c and 1 more', 'a, b, c and 2 more'],
  },
  {
    what: 'filters of access logs',
    ask: ({ logsSuccess }) =>
      [
        'response.code >= 400',
        'response.code >= 200',
        '!request.path.contains("jobs:submit")',
        'request.path.contains("jobs:submit")',
        'size(request.path) > 3',
        'double(response.code) == 200.0',
        'request.path.matches(".*")',
        'connection.mtls',
        'request.headers["x"] == "y"',
        '',
        'a b',
      ].map(logsSuccess),
    answer: [false, true, false, false, true, undefined, undefined, true, undefined, undefined, undefined],
  },
  {
    what: 'TLS of a destination: of the rule, ports, subsets; of the claim where the rule is cut',
    ask: ({ tlsModes }) =>
      [
        claim('spec', {
          trafficPolicy: {
            tls: { mode: 'ISTIO_MUTUAL' },
            portLevelSettings: [{ port: { number: 80 }, tls: { mode: 'DISABLE' } }, 'odd', { port: {} }],
          },
          subsets: [{ name: 'v1', trafficPolicy: { tls: { mode: 'SIMPLE' } } }, 'odd', { name: 'v2' }],
        }),
        { ...claim('spec', { host: 'x' }), tlsMode: 'SIMPLE' },
        { tlsMode: 'SIMPLE' },
        { spec: '{"cut":', tlsMode: 'DISABLE' },
        {},
      ].map(tlsModes),
    answer: [['ISTIO_MUTUAL', 'DISABLE', 'SIMPLE'], [], ['SIMPLE'], ['DISABLE'], []],
  },
  {
    what: 'hosts of the mesh',
    ask: ({ isInMesh }) =>
      [
        'jobs',
        'jobs.data',
        'jobs.data.svc',
        'jobs.data.svc.cluster.local',
        'jobs.web',
        'example.com',
        'svc.example.com',
      ]
        .map((host) => isInMesh(host, 'data'))
        .concat(isInMesh('jobs.data', undefined)),
    answer: [true, true, true, true, false, false, false, false],
  },
];
