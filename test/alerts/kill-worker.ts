/**
 * A deliverer as a process of its own, for tests that kill it: one sweep over a store, to one channel on loopback.
 * Arguments: store, URL, kind of channel, milliseconds that its clock is ahead.
 */
import { randomUUID } from 'node:crypto';
import { createDeliverer } from '../../shared/alerts/deliver.ts';
import type { Channel, Notice, Sent } from '../../shared/alerts/notice.ts';
import { later } from '../../shared/alerts/times.ts';
import { SILENT } from '../../shared/observe/log.ts';
import { openStore } from '../../shared/store/open.ts';
import { timestampOf } from '../../shared/store/timestamp.ts';
import { alerting } from './findings.ts';

const [, , spec = '', url = '', kind = '', ahead = '0'] = process.argv;

/** What the server is sent. */
export interface Body {
  readonly message: string;
  readonly resent: boolean;
}

const messageOf = ({ episode, change }: Notice): string => `${episode.id}/${episode.n}/${change}`;

async function post(notice: Notice, sent: Sent | undefined): Promise<string> {
  const body: Body = { message: messageOf(notice), resent: sent?.maybeSent === true };
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  return response.text();
}

/** As Slack's Web API: what may have been sent is looked up first. */
async function lookUp(notice: Notice): Promise<string | undefined> {
  const response = await fetch(`${url}?message=${encodeURIComponent(messageOf(notice))}`);
  return response.status === 200 ? response.text() : undefined;
}

const channel: Channel = {
  name: 'ops',
  kind: kind === 'slack' ? 'slack' : 'webhook',
  async send(notice, sent) {
    const found = kind === 'slack' && sent?.maybeSent === true ? await lookUp(notice) : undefined;
    return { kind: 'sent', ref: found ?? (await post(notice, sent)) };
  },
};

const store = await openStore(spec);
const now = (): string => timestampOf(new Date(Date.now() + Number(ahead)));
const deliverer = createDeliverer({
  store: store.alerts,
  channels: new Map([['ops', channel]]),
  alerting: alerting({ routes: [{ channels: ['ops'], continue: false }] }),
  describe: () => undefined,
  now,
  newLease: randomUUID,
  logger: SILENT,
});
await deliverer.accept(await store.alerts.unclaimedFindings('2026-01-01T00:00:00.000000000Z', 1000));
await deliverer.deliverDue(later(now(), 60_000));
await store.close();
