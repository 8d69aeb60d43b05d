/**
 * Replayed entries that raise nothing, each with the reason. `folder/name` → lines; the files are those of red-team.ts.
 */
const GCP = 'panther-gcp-rules';

export interface Quiet {
  readonly reason: string;
  readonly lines: Readonly<Record<string, readonly number[]>>;
}

export const QUIET: readonly Quiet[] = [
  {
    reason: 'ordinary: the entry lets nobody in, opens nothing and sends nothing out',
    lines: {
      [`audit-generic/${GCP}`]: [1, 16, 19, 37, 38],
      [`bigquery/${GCP}`]: [1],
      'databricks/panther-databricks-rules': [
        1, 2, 10, 15, 17, 21, 26, 30, 31, 33, 51, 50, 55, 56, 60, 61, 65, 68, 69, 72, 78, 80, 81, 90, 93, 94,
        95,
      ],
      [`gcs/${GCP}`]: [5, 6],
      [`iam/${GCP}`]: [1, 7, 17, 18, 19],
      [`logging-config/${GCP}`]: [4],
    },
  },
  {
    reason: 'takes access away',
    lines: {
      'databricks/panther-databricks-rules': [8, 9, 39, 40, 42, 46, 54, 62, 63, 64, 82, 84, 85],
    },
  },
  {
    reason: 'refused, and nothing came of it: refusals count where they come in numbers (denied-job-burst)',
    lines: {
      'databricks/panther-databricks-rules': [34, 41, 66, 67, 70, 71, 73, 76, 83, 88],
      [`iam/${GCP}`]: [2, 3],
    },
  },
  {
    reason: 'everyday work once, an attack in numbers or before something else: for detections with memory',
    lines: {
      'audit-generic/stratus-red-team-docs': [1],
      'databricks/panther-databricks-rules': [22, 79],
      'k8s/panther-k8s-rules': [13, 22, 23, 24, 25],
    },
  },
  {
    reason: 'a token that ends within a day or a week',
    lines: { 'databricks/panther-databricks-rules': [43, 45] },
  },
  {
    reason: 'the entry does not say how it ended, what was given or to whom',
    lines: {
      'databricks/panther-databricks-rules': [37, 38, 57, 58, 59, 77, 86],
      [`gcs/${GCP}`]: [2],
    },
  },
  {
    reason: 'the query that deleted the table tells of it',
    lines: { [`iam/${GCP}`]: [14], [`logging-config/${GCP}`]: [1] },
  },
  {
    reason: 'a way into a machine that nothing names a node of a cluster',
    lines: { [`audit-generic/${GCP}`]: [8, 9, 10], 'audit-generic/stratus-red-team-docs': [6] },
  },
  {
    reason: 'general abuse of machines, networks, names, API keys and builds, left to detections for these',
    lines: {
      [`audit-generic/${GCP}`]: [3, 4, 5, 6, 12, 13, 14, 15, 17, 18, 20, 21, 30, 31, 32, 33, 34, 35, 36, 39],
      'audit-generic/stratus-red-team-docs': [3],
      [`iam/${GCP}`]: [8, 9],
      [`other/${GCP}`]: [1, 2],
    },
  },
  {
    reason: 'ransom by encryption keys, left to detections for availability',
    lines: { [`audit-generic/${GCP}`]: [22, 23, 24, 25, 26, 27, 28, 29] },
  },
  {
    reason: 'how people sign in to Databricks is decided by the identity provider',
    lines: { 'databricks/panther-databricks-rules': [20, 32, 87, 89] },
  },
  {
    reason: 'security of pods and services of Kubernetes that are no way around the mesh',
    lines: { 'k8s/panther-k8s-rules': [3, 4, 5, 6, 7, 8, 9, 10, 11, 18, 19, 21, 26] },
  },
  {
    reason: 'reads of Kubernetes objects, which are no evidence',
    lines: { 'k8s/panther-k8s-rules': [12, 16, 27, 28] },
  },
  {
    reason:
      'an exclusion with the filter `*`, which is read as a search for an asterisk and takes nothing away',
    lines: { [`logging-config/${GCP}`]: [3] },
  },
];
