/** What happened in the day that only several records together tell: where each story is found, and what it is called. */
import { PROJECTS, REGION, CLUSTERS } from './company.ts';

export interface Story {
  readonly title: string;
  /** What happened, in a line. */
  readonly told: string;
  readonly rule: string;
  /** What its verdict is about, and what `explain` takes. */
  readonly job: string;
}

const dataproc = (project: 'prod' | 'staging', job: string): string =>
  `dataproc:${PROJECTS[project].id}/${REGION}/job/${job}`;

export const storiesOf = (date: string): readonly Story[] => {
  const day = date.replaceAll('-', '');
  return [
    {
      title: 'around the gateway',
      told: 'The partner’s key asked twice within a minute. The gateway saw one call; the API recorded two.',
      rule: 'audit-record-without-gateway-evidence',
      job: dataproc('prod', 'partner-price-pull-again'),
    },
    {
      title: 'work without a record',
      told: 'An application ran on the cluster, and no API was ever asked to start it.',
      rule: 'job-ran-without-audit-record',
      job: `yarn:${PROJECTS.prod.id}/${REGION}/${CLUSTERS.prod.name}/application_${CLUSTERS.prod.startedMs}_0977`,
    },
    {
      title: 'two identities, one request',
      told: 'The mesh knew the caller as a notebook, the API as the scheduler: the scheduler’s credential is used elsewhere.',
      rule: 'identity-mismatch-mesh-vs-audit',
      job: dataproc('prod', 'features-rebuild-adhoc'),
    },
    {
      title: 'a record that came late',
      told: 'The gateway’s record of a call was forty minutes under way: an alert opened, and the record resolved it.',
      rule: 'audit-record-without-gateway-evidence',
      job: dataproc('prod', `agent-price-proposal-${day}-a`),
    },
    {
      title: 'a push without an approval',
      told: 'Data went to the partner with an approval that nothing proves.',
      rule: 'action-without-approval',
      job: dataproc('prod', `training-set-push-${day}`),
    },
    {
      title: 'a silent source',
      told: 'The gateway’s records stopped for two hours while the mesh went on recording calls to it. A job of that time cannot be judged.',
      rule: 'audit-record-without-gateway-evidence',
      job: dataproc('staging', 'deploy-smoke-test-4e1c09d'),
    },
  ];
};
