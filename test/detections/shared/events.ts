/** What an event is about, and which begin work. */
import type { TrailEvent } from '../../../shared/model/trail-event.ts';
import { lookedAt } from '../own/edges.ts';
import { facts, jobOf, ANA, BO, type Question, type Shared } from './ground.ts';

const eventOf = (shared: Shared, event: Partial<TrailEvent>): TrailEvent =>
  lookedAt(facts(shared), { source: 'kong', ...event }).event;

export const EVENTS: readonly Question[] = [
  {
    what: 'entities of the gateway',
    ask: (shared) =>
      [
        'plugins/p1',
        'plugins',
        'services/plugins',
        'services/s1/plugins',
        'workspaces/w/routes/r1/plugins',
        'routes//r1/',
        'consumers/c1/acls/a1',
        'konnect/regions',
        undefined,
      ].map((resource) => {
        const event = eventOf(shared, { resource });
        return [shared.entityOf(event), shared.collectionsOf(event).join(' ')];
      }),
    answer: [
      ['plugins/p1', 'plugins'],
      ['plugins', 'plugins'],
      ['services/plugins', 'services plugins'],
      ['services/s1/plugins', 'services plugins'],
      ['routes/r1/plugins', 'routes plugins'],
      ['routes/r1', 'routes'],
      ['acls/a1', 'consumers acls'],
      ['konnect/regions', ''],
      ['', ''],
    ],
  },
  {
    what: 'verbs',
    ask: (shared) =>
      [
        { method: 'POST' },
        { method: 'PUT' },
        { method: 'PATCH' },
        { method: 'DELETE' },
        { method: 'GET' },
        { method: 'x', claims: { verb: 'deletecollection' } },
        { method: 'x', claims: { act: 'update' } },
        { method: 'x', claims: { verb: 'patch', act: 'delete' } },
      ].map((event) => shared.verbOf(eventOf(shared, event))),
    answer: ['create', 'update', 'update', 'delete', undefined, 'delete', 'update', 'update'],
  },
  {
    what: 'work that begins',
    ask: (shared) =>
      (
        [
          'job.submit',
          'job.start',
          'session.create',
          'workflow.run',
          'job.update',
          'cluster.create',
          'job.cancel',
        ] as const
      ).map((action) => {
        const event = eventOf(shared, { action, source: 'dataproc' });
        const job = jobOf('dataproc/acme-prod/r/old');
        return [
          shared.isJobStart(event),
          shared.beginsWork(event),
          shared.beginsWork({ ...event, parentJob: job }),
          shared.beginsWork({ ...event, source: 'bigquery' }),
          shared.isJobStart({ ...event, outcome: 'denied' }),
          shared.isJobStart({ ...event, operation: { id: 'o', phase: 'last' } }),
        ];
      }),
    answer: [
      [true, true, true, false, false, false],
      [true, false, false, false, false, false],
      [true, true, true, false, false, false],
      [true, true, true, false, false, false],
      [false, false, true, false, false, false],
      [false, true, true, false, false, false],
      [false, false, false, false, false, false],
    ],
  },
  {
    what: 'calls that start work, by the method of their key',
    ask: (shared) =>
      [
        'dataproc|SubmitJob|j',
        'dataproc|SubmitJobAsOperation|j',
        'dataproc|CreateBatch|b',
        'dataproc|CreateSession|s',
        'dataproc|InstantiateWorkflowTemplate|w',
        'dataproc|InstantiateInlineWorkflowTemplate|w',
        'dataflow|dataflow.jobs.create|o',
        'dataproc|GetJob|j',
        'SubmitJob|x|j',
        undefined,
      ].map((callKey) => {
        const event = eventOf(shared, { action: 'api.call', callKey });
        return [
          shared.isJobStartCall(event),
          shared.isJobStartCall({ ...event, action: 'job.submit' }),
          shared.isJobStartCall({ ...event, outcome: 'denied' }),
        ].join(' ');
      }),
    answer: [
      ...Array.from({ length: 7 }, () => 'true false false'),
      ...Array.from({ length: 3 }, () => 'false false false'),
    ],
  },
  {
    what: 'whom and what an event is about',
    ask: (shared) => {
      const event = eventOf(shared, {});
      const actor = {
        id: ANA,
        kind: 'user',
        proof: 'password',
        as: undefined,
        owner: undefined,
        lane: undefined,
      } as const;
      return [
        shared.subjectOf({ ...event, job: jobOf('j'), resource: 'r' }),
        shared.subjectOf({ ...event, resource: 'r' }),
        shared.subjectOf(event),
        shared.partiesOf(event),
        shared.partiesOf({ ...event, actor, actingFor: [{ id: BO, recordedBy: 'x' }] }),
        shared.whoOf({ ...event, actor }),
        shared.whoOf(event),
      ];
    },
    answer: ['j', 'r', '0'.repeat(64), [], [ANA, BO], ANA, 'somebody whom the entry does not name'],
  },
  {
    what: 'findings are named by rule, version, key and events',
    ask: ({ findingId, VERDICTS }) => [
      findingId('r', 1, 'k', ['e']),
      findingId('s', 1, 'k', ['e']),
      findingId('r', 2, 'k', ['e']),
      findingId('r', 1, 'l', ['e']),
      findingId('r', 1, 'k', ['f']),
      ...VERDICTS,
    ],
    answer: [
      'b568ac018640cdaba72b8f0c7483afe1faf77629e2c640ebc97fab358829a257',
      'bf72d4de5a2302c0bc9b76262e92e8108ec39cfa2a5f9947e8d46052a69bbbac',
      'fa10ef577a37b7f11865c479ce6b9fc7bf8eb9d9e329d1b24bf8a3fceff577fc',
      '144d80ded0277190f88a3bf51cee846d356a914f74650fbd04512bb36f3ace29',
      'df8690cfbc36808ad42516b9b03b48da01c3b862204b435a635e58dfd1ff291d',
      'violation',
      'undetermined',
      'exempted',
    ],
  },
];
