/** Whose a member is, and where data is. */
import { type Question, type Shared } from './ground.ts';

const NUMBER = '471167364752';
const PROJECTS: ReadonlySet<string> = new Set(['acme-prod', NUMBER]);
const IDS = {
  domains: ['example.com', 'example.org'],
  ids: ['C0123', '998877665544', 'folders/556677889900'],
  projects: [],
  buckets: [],
};
const NO_IDS = { domains: [], ids: [], projects: [], buckets: [] };

/** Member → whether it is external as declared, and where nothing is declared. */
const MEMBERS: readonly (readonly [member: string, declared: boolean, undeclared: boolean | undefined])[] = [
  ['allUsers', true, true],
  ['allAuthenticatedUsers', true, true],
  ['principalSet://goog/public:all', true, true],
  ['user:ana@example.com', false, undefined],
  ['user:Ana@Example.com', false, undefined],
  ['user:bo@example.net', true, undefined],
  ['group:crew@example.org', false, undefined],
  ['domain:example.com', false, undefined],
  ['domain:Example.COM', false, undefined],
  ['domain:example.net', true, undefined],
  ['deleted:user:ana@example.com?uid=123456789', false, undefined],
  ['deleted:user:bo@example.net?uid=123456789', true, undefined],
  ['projectOwner:acme-prod', false, undefined],
  ['projectViewer:other-project', true, undefined],
  ['serviceAccount:acme-prod.svc.id.goog[etl/runner]', false, undefined],
  ['serviceAccount:other-project.svc.id.goog[etl/runner]', true, undefined],
  ['serviceAccount:runner@acme-prod.iam.gserviceaccount.com', false, undefined],
  ['serviceAccount:runner@other-project.iam.gserviceaccount.com', true, undefined],
  ['deleted:serviceAccount:runner@acme-prod.iam.gserviceaccount.com?uid=1', false, undefined],
  [`serviceAccount:${NUMBER}-compute@developer.gserviceaccount.com`, false, undefined],
  ['serviceAccount:111122223333-compute@developer.gserviceaccount.com', true, undefined],
  [`serviceAccount:${NUMBER}@cloudservices.gserviceaccount.com`, false, undefined],
  [`serviceAccount:service-${NUMBER}@dataproc-accounts.iam.gserviceaccount.com`, false, undefined],
  ['serviceAccount:service-111122223333@dataproc-accounts.iam.gserviceaccount.com', true, undefined],
  [`serviceAccount:p${NUMBER}-123456@gcp-sa-logging.iam.gserviceaccount.com`, false, undefined],
  ['serviceAccount:service-org-998877665544@gcp-sa-logging.iam.gserviceaccount.com', false, undefined],
  ['serviceAccount:service-org-111122223333@gcp-sa-logging.iam.gserviceaccount.com', true, undefined],
  ['serviceAccount:service-folder-556677889900@gcp-sa-logging.iam.gserviceaccount.com', false, undefined],
  ['serviceAccount:service-folder-55667788990@gcp-sa-logging.iam.gserviceaccount.com', true, undefined],
  ['serviceAccount:o998877665544-12345@gcp-sa-logging.iam.gserviceaccount.com', false, undefined],
  ['serviceAccount:f556677889900-12345@gcp-sa-logging.iam.gserviceaccount.com', false, undefined],
  ['serviceAccount:o111122223333-12345@gcp-sa-logging.iam.gserviceaccount.com', true, undefined],
  // A project of that number is no organisation of it, and the other way round.
  ['serviceAccount:service-998877665544@gcp-sa-logging.iam.gserviceaccount.com', true, undefined],
  [`serviceAccount:service-org-${NUMBER}@gcp-sa-logging.iam.gserviceaccount.com`, true, undefined],
  ['serviceAccount:service-org-998877665544@other-project.iam.gserviceaccount.com', true, undefined],
  ['serviceAccount:xservice-org-998877665544@gcp-sa-logging.iam.gserviceaccount.com', true, undefined],
  ['serviceAccount:service-org-998877665544-x@gcp-sa-logging.iam.gserviceaccount.com', true, undefined],
  ['serviceAccount:acme-prod@appspot.gserviceaccount.com', false, undefined],
  ['serviceAccount:other-project@appspot.gserviceaccount.com', true, undefined],
  ['serviceAccount:cloud-logs@system.gserviceaccount.com', true, undefined],
  // Anybody may name an account of their own project so.
  [`serviceAccount:service-${NUMBER}@other-project.iam.gserviceaccount.com`, true, undefined],
  [
    `principal://iam.googleapis.com/projects/${NUMBER}/locations/global/workloadIdentityPools/p/subject/s`,
    false,
    undefined,
  ],
  [
    'principalSet://iam.googleapis.com/projects/111122223333/locations/global/workloadIdentityPools/p/*',
    true,
    undefined,
  ],
  [
    `deleted:principal://iam.googleapis.com/projects/${NUMBER}/locations/global/workloadIdentityPools/p/subject/s`,
    false,
    undefined,
  ],
  ['principalSet://iam.googleapis.com/locations/global/workforcePools/staff/*', true, undefined],
  ['principalSet://cloudresourcemanager.googleapis.com/organizations/998877665544/type/*', false, undefined],
  ['principalSet://cloudresourcemanager.googleapis.com/organizations/99887766554/type/*', true, undefined],
];

const placed =
  (...datasets: readonly string[]) =>
  (shared: Shared): unknown =>
    datasets.map((dataset) => {
      const place = shared.placeOf(dataset);
      return place === undefined ? undefined : `${place.kind} ${place.name}`;
    });

export const PLACES: readonly Question[] = [
  {
    what: 'members: external as declared',
    ask: ({ isExternal }) => MEMBERS.map(([member]) => [member, isExternal(member, PROJECTS, IDS)]),
    answer: MEMBERS.map(([member, declared]) => [member, declared]),
  },
  {
    what: 'members where nothing is declared',
    ask: ({ isExternal }) => MEMBERS.map(([member]) => [member, isExternal(member, new Set(), NO_IDS)]),
    answer: MEMBERS.map(([member, , undeclared]) => [member, undeclared]),
  },
  {
    what: 'one project, one domain, one id are enough to tell',
    ask: ({ isExternal }) => {
      const own = { ...NO_IDS, domains: ['example.com'], ids: ['C0123'] };
      return MEMBERS.map(([member]) => isExternal(member, new Set(['x']), own) === undefined);
    },
    answer: MEMBERS.map(() => false),
  },
  {
    what: 'buckets, as far as their name',
    ask: placed('gs://lake/raw/a.csv', 'gs://lake', 'gs:///raw'),
    answer: ['bucket lake', 'bucket lake', 'bucket '],
  },
  {
    what: 'projects of BigQuery and Spanner, domain-scoped ones too',
    ask: placed(
      'bigquery:acme-prod.sales.orders',
      'bigquery:example.com:acme.sales.orders',
      'bigquery:lonely',
      'bigquery:.orders',
      'spanner://acme-prod:main/orders',
      'spanner://example.com:acme:main/orders',
    ),
    answer: [
      'project acme-prod',
      'project example.com:acme',
      'project lonely',
      'project ',
      'project acme-prod',
      'project example.com:acme',
    ],
  },
  {
    what: 'stores of other providers, with account or bucket',
    ask: placed(
      's3://partner/x',
      'abfss://c@acct.dfs.core.windows.net/x',
      'wasbs://c@acct.blob.core.windows.net/x',
    ),
    answer: [
      'elsewhere s3://partner',
      'elsewhere abfss://c@acct.dfs.core.windows.net',
      'elsewhere wasbs://c@acct.blob.core.windows.net',
    ],
  },
  {
    what: 'what is in no place',
    ask: placed('hdfs://namenode/x', 'kafka:orders', 'gsx', ''),
    answer: [undefined, undefined, undefined, undefined],
  },
  {
    what: 'ranges within ranges',
    ask: ({ containsRange }) =>
      [
        '10.4.0.7',
        '10.4.0.0/16',
        '10.0.0.0/7',
        '11.0.0.1',
        'fc00::1',
        'nothing',
        '10.0.0.0/33',
        '10.0.0.0/',
      ].map((range) => containsRange(['10.0.0.0/8', 'fc00::/7'], range)),
    answer: [true, true, false, false, true, undefined, undefined, false],
  },
];
