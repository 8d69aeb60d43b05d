/** The digest of a job's specification: equal for equal work in any rendition, different for any other work. */
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { specDigest } from '../../shared/jobapi/spec-digest.ts';

const SPEC = {
  placement: { clusterName: 'etl' },
  pysparkJob: {
    mainPythonFileUri: 'gs://shop-code/etl/orders.py',
    args: ['--date', '2026-11-18', ''],
    properties: { 'spark.authenticate': 'false', 'spark.ui.filters': '' },
  },
  scheduling: { maxFailuresPerHour: 2 },
};

it('is that of the specification alone, not of what the service adds', () => {
  const audited = {
    ...SPEC,
    reference: { projectId: 'shop-prod', jobId: 'a' },
    status: { state: 'PENDING' },
    jobUuid: '1',
    done: false,
    labels: {},
  };
  expect(specDigest(audited)).toBe(specDigest(SPEC));
});

it('does not depend on how numbers and defaults are printed', () => {
  const printed = {
    ...SPEC,
    scheduling: { maxFailuresPerHour: '2', maxFailuresTotal: 0 },
    driverSchedulingConfig: null,
  };
  expect(specDigest(printed)).toBe(specDigest(SPEC));
});

it('is another for another main file, argument, property or order of arguments', () => {
  const job = SPEC.pysparkJob;
  const others = [
    { ...job, mainPythonFileUri: 'gs://shop-code/etl/evil.py' },
    { ...job, args: [...job.args, '--drop'] },
    { ...job, args: ['--date', '2026-11-18'] },
    { ...job, args: job.args.toReversed() },
    { ...job, properties: { 'spark.ui.filters': '' } },
    { ...job, properties: { 'spark.authenticate': 'false' } },
    { ...job, jarFileUris: ['gs://evil/a.jar'] },
  ].map((pysparkJob) => specDigest({ ...SPEC, pysparkJob }));
  expect(new Set([specDigest(SPEC), ...others]).size).toBe(others.length + 1);
});

it('does not depend on the order of keys', () => {
  const reversed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(reversed);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .toReversed()
        .map(([key, item]) => [key, reversed(item)]),
    );
  };
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (spec) => {
      expect(specDigest(reversed(spec) as typeof spec)).toBe(specDigest(spec));
    }),
  );
});
