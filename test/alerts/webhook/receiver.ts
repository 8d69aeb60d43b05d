/** A receiver of signed webhooks, which verifies them with the library of Standard Webhooks. */
import { Webhook } from 'standardwebhooks';
import { Alert } from '../../../schemas/alert.ts';
import { type Around, type Asked, type Behaviour, serve, type TestServer } from '../server.ts';

export interface WebhookReceiver extends TestServer {
  /** What it took, in order, repetitions as well. */
  readonly taken: readonly Alert[];
}

export const SIGNING_SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes, ok').toString('base64')}`;

export async function serveWebhook(around: Around = (_, work) => work()): Promise<WebhookReceiver> {
  const taken: Alert[] = [];
  const signer = new Webhook(SIGNING_SECRET);

  function answer({ body, headers }: Asked): Behaviour {
    const header = (name: string): string => String(headers[`webhook-${name}`]);
    const signed = {
      'webhook-id': header('id'),
      'webhook-timestamp': header('timestamp'),
      'webhook-signature': header('signature'),
    };
    let alert: Alert;
    try {
      alert = Alert.parse(signer.verify(body, signed));
    } catch {
      return { status: 401 };
    }
    if (alert.id !== signed['webhook-id']) return { status: 400 };
    taken.push(alert);
    return { status: 204 };
  }

  const server = await serve((asked) => around(asked, () => answer(asked)));
  return { ...server, taken };
}
