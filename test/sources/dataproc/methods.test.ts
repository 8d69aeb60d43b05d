import { describe, expect, it } from 'vitest';
import { dataproc } from '../../../shared/sources/dataproc/index.ts';
import { methodOf } from '../../../shared/sources/dataproc/methods.ts';
import { constructed } from './samples.ts';

const sampled = constructed().flatMap((entry) => entry.protoPayload?.methodName ?? []);

describe('audited methods', () => {
  it.each(dataproc.methods)('%s has a constructed sample', (listed) => {
    const found = listed.endsWith('*')
      ? sampled.some((method) => method.startsWith(listed.slice(0, -1)))
      : sampled.includes(listed);
    expect(found).toBe(true);
  });

  it('knows each listed method', () => {
    const unknown = dataproc.methods.filter((listed) => methodOf(listed.replace('*', '')) === undefined);
    expect(unknown).toEqual([]);
  });

  it('means the same in both versions of the API', () => {
    expect(methodOf('google.cloud.dataproc.v1beta2.JobController.SubmitJob')).toEqual(
      methodOf('google.cloud.dataproc.v1.JobController.SubmitJob'),
    );
  });

  it('understands bare verbs of its service and of the mixed-in ones', () => {
    expect(methodOf('SubmitJob')?.action).toBe('job.submit');
    expect(methodOf('SetIamPolicy')?.action).toBe('iam.change');
  });

  it.each([
    'google.cloud.dataproc.v1.JobController.ExplainJob',
    'google.cloud.dataproc.v1.JobController',
    'google.cloud.dataproc.',
    'google.cloud.dataproc.v1.SessionController.AccessSparkApplication',
    'constructor',
    '__proto__',
  ])('does not pretend to know %s', (name) => {
    expect(methodOf(name)).toBeUndefined();
  });

  it('stores an unknown method of the service as unclassified, with its name', () => {
    const [entry] = constructed('jobs');
    const strange = {
      ...entry,
      protoPayload: { ...entry?.protoPayload, methodName: 'google.cloud.dataproc.v9.X.Y' },
    };
    expect(dataproc.normalise(strange)).toMatchObject({
      kind: 'event',
      unknownMethod: 'google.cloud.dataproc.v9.X.Y',
      event: { action: 'unclassified', identity: { caller: { kind: 'google', email: 'ana@example.com' } } },
    });
  });
});
