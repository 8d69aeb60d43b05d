/** The Pub/Sub emulator with the topic of new findings, which pushes to `deliver`. Set up by the API's REST form. */
import { randomUUID } from 'node:crypto';
import { emulatorEnvironment, startEmulator } from '../../cli/emulators.ts';

export interface FindingsBus {
  /** `projects/P/topics/T` */
  readonly topic: string;
  /** For the processes that publish. */
  readonly environment: Readonly<Record<string, string>>;
  pushTo(url: string): Promise<void>;
  stop(): Promise<void>;
}

const ACK_DEADLINE_SECONDS = 60;

/** @throws JobtrailError `emulator-missing` */
export async function openFindingsBus(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<FindingsBus> {
  const running = await startEmulator('pubsub', environment);
  // Of its own: an emulator that was running before keeps the topics of earlier runs.
  const project = `projects/bench-${randomUUID().slice(0, 8)}`;
  const topic = `${project}/topics/findings`;
  const create = async (name: string, resource: object): Promise<void> => {
    const response = await fetch(`http://${running.host}/v1/${name}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(resource),
    });
    if (!response.ok) throw new Error(`${name} was not made: ${response.status} ${await response.text()}`);
  };
  await create(topic, {});
  return {
    topic,
    environment: emulatorEnvironment([running]),
    pushTo: (pushEndpoint) =>
      create(`${project}/subscriptions/deliver`, {
        topic,
        pushConfig: { pushEndpoint },
        ackDeadlineSeconds: ACK_DEADLINE_SECONDS,
      }),
    stop: () => running.stop(),
  };
}
