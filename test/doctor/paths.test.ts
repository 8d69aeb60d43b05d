/** Paths and canaries as reconcile left them, and the subscriptions that they come by. */
import { describe, expect, test } from 'vitest';
import { DeclaredPath } from '../../schemas/corroboration.ts';
import { newState, type Status } from '../../shared/corroboration/health/state.ts';
import { checkDeadLetters } from '../../shared/doctor/checks/dead-letters.ts';
import { checkCanaries, checkPaths } from '../../shared/doctor/checks/paths.ts';
import { checkReach, checkSubscription } from '../../shared/doctor/checks/subscriptions.ts';
import type { SubscriptionFacts } from '../../shared/doctor/facts.ts';
import { timestampOf } from '../../shared/store/timestamp.ts';
import { answer, codes, refused, subscription, topic } from './facts.ts';

describe('paths and canaries', () => {
  const question = {
    paths: [],
    declared: [],
    canarySeconds: 300,
    now: 0,
    run: (job: string) => `run ${job}`,
    logs: (source: string) => `logs ${source}`,
  };

  const at = (seconds: number): string => timestampOf(new Date(seconds * 1000));
  const path = (name: string, status: Status | undefined, more: object = {}) => ({
    path: name,
    updatedAt: at(0),
    state: {
      ...newState('1970-01-01T00:00'),
      ...(status === undefined
        ? {}
        : { memory: { status, since: at(0), gaps: [], incidents: {}, watermark: at(0), ...more } }),
    },
  });
  const declared = (name: string, more: object = {}) => DeclaredPath.parse({ path: name, ...more });

  test.each<[Status | undefined, string]>([
    ['live', 'ok'],
    ['idle', 'ok'],
    ['retired', 'ok'],
    ['lagging', 'lagging'],
    ['blind', 'blind'],
    ['unseen', 'unseen'],
    [undefined, 'unseen'],
  ])('a required path that is %s: %s', (status, code) => {
    const lines = checkPaths({
      ...question,
      paths: [path('iam', status)],
      declared: [declared('iam', { required: true })],
    });
    expect(lines.map((line) => [line.about, line.code])).toEqual([['iam', code]]);
  });

  test('an unseen path that nobody requires is well; a required one that is not there is not, unless it is retired', () => {
    const paths = [path('iam', 'unseen'), path('kong/edge', 'live')];
    const required = (name: string, more: object = {}) => declared(name, { required: true, ...more });
    expect(codes(checkPaths({ ...question, paths }))).toEqual(['ok', 'ok']);
    const missing = [
      required('storage'),
      required('spanner', { retired: true }),
      required('kong'),
      required('kong/*'),
    ];
    const lines = checkPaths({ ...question, paths, declared: missing });
    expect(lines.map((line) => [line.about, line.code]).slice(2)).toEqual([['storage', 'unseen']]);
    expect(lines[2]?.mend).toBe('logs storage');
  });

  test.each([
    [300_000, []],
    [300_001, ['stale']],
  ])('reconcile %i ms ago', (now, stale) => {
    expect(codes(checkPaths({ ...question, now, paths: [path('iam', 'live')] }))).toEqual([...stale, 'ok']);
  });

  test.each([
    [900_000, 'ok'],
    [900_001, 'old'],
  ])('a canary %i ms ago, of three rounds of 300 s', (now, code) => {
    const paths = [path('iam', 'live', { vouched: at(0) })];
    expect(codes(checkCanaries({ ...question, now, paths }))).toEqual([code]);
  });

  test('a canary that is declared and never came', () => {
    const canaries = [
      declared('iam', { canary: true }),
      declared('storage', { canary: true }),
      declared('spanner', { canary: true, retired: true }),
    ];
    const lines = checkCanaries({ ...question, paths: [path('iam', 'live')], declared: canaries });
    expect(lines.map((line) => [line.about, line.code])).toEqual([
      ['iam', 'never'],
      ['storage', 'never'],
    ]);
  });

  test('an empty store: reconcile never ran, and no path has a canary', () => {
    expect(codes(checkPaths(question))).toEqual(['never-reconciled']);
    expect(codes(checkCanaries(question))).toEqual(['none']);
  });
});

describe('subscriptions', () => {
  const faultsOf = (over: Partial<SubscriptionFacts>): readonly string[] =>
    codes(checkSubscription(subscription().name, [subscription(over)], answer([topic()])));

  test.each<[string, Partial<SubscriptionFacts>, string]>([
    ['the least deadline', { ackDeadlineSeconds: 120 }, 'ok'],
    ['a shorter one', { ackDeadlineSeconds: 119 }, 'ack-deadline'],
    ['seven days', { retentionSeconds: 604_800 }, 'ok'],
    ['less', { retentionSeconds: 604_799 }, 'retention'],
    ['a day', { retentionSeconds: 86_400 }, 'retention'],
    ['less than a day', { retentionSeconds: 86_399 }, 'retention-short'],
    ['pulled', { push: undefined }, 'ok'],
    ['without a topic', { topic: '_deleted-topic_' }, 'topic-gone'],
  ])('%s', (_, over, code) => {
    expect(faultsOf(over)).toEqual([code]);
  });

  test('one of the pipeline is enough to tell that something is deployed', () => {
    expect(checkReach('trail', answer([subscription()]))).toMatchObject({
      state: 'ok',
      says: 'Pub/Sub answers; 1 subscription of the pipeline',
    });
    const other = subscription({ name: 'projects/trail/subscriptions/other' });
    expect(checkReach('trail', answer([other])).code).toBe('nothing-deployed');
  });

  test('dead letters that another project keeps are not said to be lost', () => {
    const dead = 'projects/other/topics/dead';
    const one = subscription({ deadLetter: { topic: dead, attempts: 100 } });
    const keeping = subscription({ name: 'projects/other/subscriptions/dead', topic: dead });
    expect(checkDeadLetters(one, [keeping], refused)).toEqual([]);
    expect(codes(checkDeadLetters(one, [{ ...keeping, detached: true }], refused))).toEqual(['not-kept']);
  });
});
