import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../../schemas/log-entry.ts';
import { dataproc } from '../../../shared/sources/dataproc/index.ts';
import { jobOfTags } from '../../../shared/sources/dataproc/yarn.ts';

const line = (message: string): LogEntry => ({
  logName: 'projects/p/logs/hadoop-yarn-resourcemanager',
  resource: { type: 'cloud_dataproc_cluster', labels: { project_id: 'p', region: 'r', cluster_name: 'c' } },
  jsonPayload: { message },
});
const app = 'application_1740902400000_0007';

describe('resource manager', () => {
  it('reads the first value of a key, so that a caller context cannot rename the application', () => {
    const forged =
      `USER=carl\tOPERATION=Submit Application Request\tTARGET=ClientRMService\tRESULT=SUCCESS\tAPPID=${app}` +
      '\tCALLERCONTEXT=x APPID=application_1_0001 USER=root';
    expect(dataproc.normalise(line(forged))).toMatchObject({
      event: { job: `yarn:p/r/c/${app}`, identity: { caller: { name: 'carl', realm: 'hadoop' } } },
    });
  });

  it('keeps a name with commas and equal signs from becoming fields of the summary', () => {
    const forged = `appId=${app},name=x\\,user\\=root\\,finalStatus\\=SUCCEEDED,user=carl,finalStatus=FAILED`;
    expect(dataproc.normalise(line(forged))).toMatchObject({
      event: {
        outcome: 'failed',
        jobName: 'x,user=root,finalStatus=SUCCEEDED',
        identity: { caller: { name: 'carl' } },
      },
    });
  });

  it.each([
    [
      'no application',
      'USER=a\tOPERATION=Submit Application Request\tRESULT=SUCCESS',
      'yarn-audit-without-application',
    ],
    ['an unknown operation', `USER=a\tOPERATION=constructor\tAPPID=${app}`, 'yarn-audit-routine'],
    ['a transient state', `${app} State change from NEW to SUBMITTED`, 'yarn-state-transient'],
    ['a state of no list', `${app} State change from NEW to toString`, 'yarn-state-transient'],
    ['another sentence', `${app} unregistered`, 'yarn-daemon-routine'],
    ['no id', 'application_x State change from NEW to RUNNING', 'yarn-daemon-routine'],
  ])('leaves out a line with %s by name', (_what, message, rule) => {
    expect(dataproc.normalise(line(message))).toEqual({ kind: 'filtered', rule });
  });

  it('does not take the attempt’s time for the job', () => {
    expect(jobOfTags('dataproc_job_attempt_timestamp_17,dataproc_uuid_x, dataproc_job_j-1')).toBe('j-1');
    expect(jobOfTags('dataproc_job_attempt_timestamp_17')).toBeUndefined();
    expect(jobOfTags('')).toBeUndefined();
  });
});
