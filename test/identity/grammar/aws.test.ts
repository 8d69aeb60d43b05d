import { describe, expect, test } from 'vitest';
import { parseArn } from '../../../shared/identity/grammar/aws.ts';

describe('AWS ARNs', () => {
  test.each([
    [
      'arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0a1b',
      'service-account:aws/123456789012:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0a1b',
    ],
    ['arn:aws:sts::123456789012:assumed-role/etl/a:b', 'workload:aws/123456789012:assumed-role/etl/a:b'],
    ['arn:aws-us-gov:iam::123456789012:user/ana', 'user:aws-us-gov/123456789012:user/ana'],
  ])('%s', (arn, id) => {
    expect(parseArn(arn)?.id).toBe(id);
  });

  test.each([
    'arn:aws:s3:::bucket',
    'arn:aws:iam::123456789012:policy/p',
    'arn:aws:iam::123456789012:assumed-role/r/s',
    'arn:aws:sts::123456789012:root',
    'arn:aws:iam::12345:root',
    'arn:evil:iam::123456789012:root',
    'arn:aws:iam:us-east-1:123456789012:root',
    'arn:aws:iam::123456789012:user/',
    'arn:',
  ])('%s names no principal', (arn) => {
    expect(parseArn(arn)).toBeUndefined();
  });
});
