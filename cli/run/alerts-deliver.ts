/** What a sweep sent, for people and programs. */
import type { Sending, Sweep } from '../../shared/alerts/sweep.ts';
import { renderTable } from '../table.ts';
import { SHORT_ID } from './alerts-find.ts';

const SAID = { sent: 'sent', retry: 'later', refused: 'refused' } as const;

const reasonOf = ({ result }: Sending): string => (result.kind === 'sent' ? '' : result.reason);

export const isDelivered = ({ sendings }: Sweep): boolean =>
  sendings.every(({ result }) => result.kind === 'sent');

export function renderSweep({ claimed, sendings }: Sweep, width: number | undefined): string {
  const sent = sendings.filter(({ result }) => result.kind === 'sent').length;
  const head = `${count(claimed, 'new finding')}, ${count(sent, 'message')} sent`;
  if (sendings.length === 0) return `${head}\n`;
  const columns = ['', 'channel', 'change', 'severity', 'alert', 'rule', 'key', 'reason'];
  const rows = sendings.map((sending) => ({
    '': SAID[sending.result.kind],
    channel: sending.channel,
    change: sending.notice.change,
    severity: sending.notice.severity,
    alert: sending.notice.episode.id.slice(0, SHORT_ID),
    rule: sending.notice.rule,
    key: sending.notice.key,
    reason: reasonOf(sending),
  }));
  return `${head}\n${renderTable({ columns, rows }, width === undefined ? {} : { width })}`;
}

export const sweepJson = ({ claimed, sendings }: Sweep): object => ({
  claimed,
  sendings: sendings.map((sending) => ({
    channel: sending.channel,
    result: SAID[sending.result.kind],
    reason: reasonOf(sending),
    change: sending.notice.change,
    severity: sending.notice.severity,
    rule: sending.notice.rule,
    key: sending.notice.key,
    episode: sending.notice.episode,
  })),
});

const count = (n: number, thing: string): string => `${n} ${thing}${n === 1 ? '' : 's'}`;
