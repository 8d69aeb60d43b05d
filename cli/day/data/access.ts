/** Who touches data while a job runs: the account it runs under, from the machine it runs on, with its engine's client. */
import type { Caller } from '../callers.ts';
import type { Project } from '../company.ts';
import { nanoTime } from '../entry.ts';
import type { Scene } from '../scene.ts';

/** Clients as they name themselves to the APIs. */
export const CLIENTS = {
  sparkStorage: 'gcloud-java-hadoop3-2.2.29 GHFS/hadoop3-2.2.29 (GPN:Dataproc),gzip(gfe)',
  sparkBigQuery:
    'spark-bigquery-connector/0.42.4 spark/3.5.3 java/11.0.28 scala/2.12.18 dataproc-image/2.3 region/europe-west1,gzip(gfe)',
  dataflow: 'Apache_Beam_SDK_for_Java/2.69.0(JRE_17_environment),gzip(gfe)',
  databricks: 'Databricks/16.4 gcs-connector/2.2.29,gzip(gfe)',
} as const;

/** One account on one machine, and what names the job it works for, where its client hands that on. */
export interface Access {
  readonly project: Project;
  readonly caller: Caller;
  /** `x-goog-custom-audit-jobtrail-job` of its requests to Cloud Storage. */
  readonly job?: string;
}

export const workerOf = (email: string, ip: string, userAgent: string): Caller => ({
  authenticationInfo: { principalEmail: email, principalSubject: `serviceAccount:${email}` },
  ip,
  userAgent,
});

/** When the service received a request that it logs at `at`. */
export const requestTimeOf = (scene: Scene, at: number): string =>
  nanoTime(scene.midnight + at, scene.random);
