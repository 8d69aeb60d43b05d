/** Paths nobody vouches for: total, linear, and never another job's id. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apiEngine, jobApiCall } from '../../shared/jobapi/index.ts';

const HOST = 'dataproc.googleapis.com';
const R = '/v1/projects/acme-prod/regions/europe-west1';

describe('a hostile path', () => {
  it.each([
    ['an encoded slash in the id', `${R}/jobs/a%2Fb`],
    ['a double slash', `${R}//jobs/a`],
    ['a trailing slash', `${R}/jobs/a/`],
    ['a parent segment', `${R}/jobs/x/../a`],
    ['an encoded parent segment', `${R}/jobs/%2e%2e/a`],
    ['a current segment', `${R}/jobs/./a`],
    ['a backslash', `${R}/jobs/x%5C..%5Ca`],
    ['broken encoding', `${R}/jobs/%zz`],
    ['invalid UTF-8', `${R}/jobs/%ff`],
    ['a NUL', `${R}/jobs/a%00`],
    ['a line break', `${R}/jobs/a%0Ab`],
    ['a space', `${R}/jobs/a b`],
    ['a route inside a route', `${R}/jobs/a${R}/unknown/b`],
    ['more segments than a route has', `${R}/jobs/a/b/c`],
    ['no leading slash', R.slice(1)],
  ])('with %s is no call', (_, path) => {
    expect(jobApiCall(HOST, 'GET', path)).toBeUndefined();
  });

  it('is decoded once', () => {
    expect(jobApiCall(HOST, 'POST', `${R}/%6Aobs%3Asubmit`)?.method).toBe('SubmitJob');
    expect(jobApiCall(HOST, 'GET', `${R}/%256Aobs/a`)).toBeUndefined();
    expect(jobApiCall(HOST, 'GET', `${R}/jobs/%61bc`)?.job).toBe('abc');
    expect(jobApiCall(HOST, 'GET', `${R}/jobs/%2561`)).toEqual({
      engine: 'dataproc',
      method: 'GetJob',
      project: 'acme-prod',
      region: 'europe-west1',
    });
  });

  it('may use the API’s own words as names', () => {
    expect(jobApiCall(HOST, 'GET', `${R}/jobs/projects`)?.job).toBe('projects');
    expect(jobApiCall(HOST, 'GET', '/v1/projects/projects/regions/v1/jobs/projects')).toEqual({
      engine: 'dataproc',
      method: 'GetJob',
      project: 'projects',
      region: 'v1',
      job: 'projects',
    });
  });

  it('names a batch only by a single, plain parameter', () => {
    const batches = '/v1/projects/p/locations/l/batches';
    const id = (query: string): string | undefined => jobApiCall(HOST, 'POST', `${batches}?${query}`)?.job;
    expect(id('batchId=a')).toBe('a');
    expect(id('batch%49d=a')).toBe('a');
    expect(id('batchId=a&batchId=b')).toBeUndefined();
    expect(id('batchId=a&batch_id=b')).toBeUndefined();
    expect(id('batchId=a%2Fb')).toBeUndefined();
    expect(id('batchId')).toBeUndefined();
    expect(id('x=1#batchId=a')).toBeUndefined();
  });

  it('cannot reach prototypes', () => {
    for (const word of ['__proto__', 'constructor', 'toString']) {
      expect(jobApiCall(HOST, 'GET', `${R}/${word}`)).toBeUndefined();
      expect(jobApiCall(HOST, word, `${R}/jobs`)).toBeUndefined();
      expect(jobApiCall(HOST, 'POST', `/google.cloud.dataproc.v1.${word}/${word}`)).toBeUndefined();
    }
  });

  const parts = fc.constantFrom(
    '/',
    '/v1',
    '/v1b3',
    '/projects',
    '/p',
    '/regions',
    '/r',
    '/locations',
    '/jobs',
    '/j',
    ':cancel',
    ':submit',
    '%2F',
    '%2e',
    '..',
    '?batchId=',
    '#',
    '%',
    '/batches',
    '/google.cloud.dataproc.v1.JobController',
    '/SubmitJob',
  );
  it('never throws, and an id is always a whole segment of the decoded path', () => {
    fc.assert(
      fc.property(
        fc.option(fc.oneof(fc.constant(HOST), fc.string()), { nil: undefined }),
        fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', ''),
        fc.array(fc.oneof(parts, fc.string({ maxLength: 8 })), { maxLength: 14 }).map((all) => all.join('')),
        (host, verb, path) => {
          const call = jobApiCall(host, verb, path);
          if (call?.job === undefined) return;
          expect(call.job).toMatch(/^[A-Za-z0-9_-]{1,128}$/);
          expect(path.split(/[?#]/)[0]).not.toMatch(/%2f/i);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('takes time in proportion to its length', () => {
    for (const unit of ['/v1/projects', '/v1/projects/', '%2F', '/:', '&batchId=x']) {
      const path = `/v1/projects/p/locations/l/batches?${unit.repeat(200_000 / unit.length)}`;
      expect(jobApiCall(HOST, 'POST', path)?.job).toBeUndefined();
      expect(jobApiCall(HOST, 'POST', unit.repeat(200_000 / unit.length))).toBeUndefined();
    }
  });
});

describe('a host name', () => {
  it.each([
    ['dataproc.googleapis.com', 'dataproc'],
    ['europe-west1-dataproc.googleapis.com:443', 'dataproc'],
    ['dataflow.mtls.googleapis.com', 'dataflow'],
    ['dataproc.evil.example', undefined],
    ['dataproc.googleapis.com.evil.example', undefined],
    ['notgoogleapis.com', undefined],
    ['storage.googleapis.com', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s stands for %s', (host, engine) => {
    expect(apiEngine(host)).toBe(engine);
  });
});
