/** Own rules as part of the bundle. */
import { describe, expect, it } from 'vitest';
import { parseBundle } from '../../shared/config/bundle.ts';
import { RIGHT } from '../detections/own/refused.ts';

const config = { name: 'jobtrail.yaml', text: 'version: 1' };
const rule = (text: string, name = 'rules/a.yaml') => ({ name, text });
const other = rule(RIGHT.replace('own-example', 'own-other'), 'rules/b.yaml');

describe('rules of a bundle', () => {
  it('are its detections', () => {
    const bundle = parseBundle({ config, policies: [], rules: [rule(RIGHT), other] });
    expect(bundle.detections.map(({ id }) => id)).toEqual(['own-example', 'own-other']);
    expect(bundle.rules.map(({ cases }) => cases.length)).toEqual([2, 2]);
  });

  it('are in the digest, in whatever order of files', () => {
    const digestOf = (...rules: readonly { readonly name: string; readonly text: string }[]): string =>
      parseBundle({ config, policies: [], rules }).digest;
    expect(digestOf(rule(RIGHT), other)).toBe(digestOf(other, rule(RIGHT)));
    expect(digestOf(rule(RIGHT))).not.toBe(digestOf());
    expect(digestOf(rule(RIGHT))).not.toBe(digestOf(rule(RIGHT.replace('severity: low', 'severity: high'))));
  });

  it('are refused with the problems of configuration and policies, all at once', () => {
    const wrong = () =>
      parseBundle({
        config: { name: 'jobtrail.yaml', text: 'version: 2' },
        policies: [{ name: 'a.cedar', text: 'permit (' }],
        rules: [rule(RIGHT.replace('event.job', 'event.jobs'))],
      });
    expect(wrong).toThrow(
      /jobtrail\.yaml:1: version[\s\S]*a\.cedar:1: [\s\S]*rules\/a\.yaml:12: key: No such key: jobs; /,
    );
  });
});
