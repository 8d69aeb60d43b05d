/** Pub/Sub: topics and subscriptions of the jobs that stream. Messages themselves are never audited. */
import { atLaptop } from '../callers.ts';
import { PROJECTS } from '../company.ts';
import { change } from '../control/change.ts';
import type { Change } from '../control/change.ts';
import type { Draft, Json } from '../entry.ts';
import { sceneOf } from '../scene.ts';
import type { Scene } from '../scene.ts';

const { prod } = PROJECTS;
const V1 = 'google.pubsub.v1';

function tell(
  scene: Scene,
  at: string,
  by: Change['by'],
  method: string,
  target: { readonly kind: 'topic' | 'subscription'; readonly name: string; readonly verb: string },
  request: Json,
  status?: Change['status'],
): Draft {
  const name = `projects/${prod.id}/${target.kind}s/${target.name}`;
  return change(scene, {
    at,
    to: 'pubsub',
    by,
    project: prod,
    service: 'pubsub.googleapis.com',
    method: `${V1}.${method}`,
    resourceName: name,
    permission: `pubsub.${target.kind}s.${target.verb}`,
    resource: {
      type: `pubsub_${target.kind}`,
      // Of a subscription the label holds the full name.
      labels:
        target.kind === 'topic'
          ? { project_id: prod.id, topic_id: name }
          : { project_id: prod.id, subscription_id: name },
    },
    request,
    ...(status === undefined ? {} : { status }),
  });
}

export function pubsubDay(scene: Scene): readonly Draft[] {
  const own = sceneOf(scene, 'pubsub');
  const dead = `projects/${prod.id}/topics/clickstream-dead`;
  const subscription = `projects/${prod.id}/subscriptions/clickstream`;
  const ben = atLaptop('ben', '198.51.100.61');
  return [
    tell(
      own,
      '05:28:40',
      'deployer',
      'Publisher.CreateTopic',
      { kind: 'topic', name: 'clickstream-dead', verb: 'create' },
      { '@type': `type.googleapis.com/${V1}.Topic`, name: dead },
    ),
    tell(
      own,
      '05:28:52',
      'deployer',
      'Subscriber.UpdateSubscription',
      { kind: 'subscription', name: 'clickstream', verb: 'update' },
      {
        '@type': `type.googleapis.com/${V1}.UpdateSubscriptionRequest`,
        subscription: { name: subscription, deadLetterPolicy: { deadLetterTopic: dead } },
        updateMask: 'deadLetterPolicy',
      },
    ),
    // Messages that were not handled yet are skipped.
    tell(
      own,
      '22:49:50',
      ben,
      'Subscriber.Seek',
      { kind: 'subscription', name: 'jobtrail-iam', verb: 'consume' },
      {
        '@type': `type.googleapis.com/${V1}.SeekRequest`,
        subscription: `projects/${prod.id}/subscriptions/jobtrail-iam`,
        time: `${scene.date}T23:59:59Z`,
      },
    ),
    tell(
      own,
      '20:30:20',
      atLaptop('ivo', '203.0.113.90'),
      'Subscriber.CreateSubscription',
      { kind: 'subscription', name: 'ivo-clicks', verb: 'create' },
      {
        '@type': `type.googleapis.com/${V1}.Subscription`,
        name: `projects/${prod.id}/subscriptions/ivo-clicks`,
        topic: `projects/${prod.id}/topics/clickstream`,
      },
      { code: 7, message: 'User not authorized to perform this action.' },
    ),
  ];
}
