/**
 * A notice as a Slack message (Block Kit). Limits of Slack: 50 blocks, 3000 characters in a section, 150 in a header,
 * 10 fields of 2000, 40,000 in `text` (cut at 4000 by Slack's own advice).
 * https://docs.slack.dev/reference/block-kit/blocks
 */
import type { KnownBlock, MessageMetadata } from '@slack/web-api';
import type { EpisodeRef, Notice } from '../notice.ts';
import { actionId, type ButtonChange } from './actions.ts';
import { code, heading, link, prose } from './escape.ts';

export interface SlackMessage {
  readonly text: string;
  readonly blocks: KnownBlock[];
}

const SECTION = 3000;
/** Of what is left out of a list, the count is shown. */
const MORE = 40;

/** The message of an episode as it stands now: who for whom, where, when, why, evidence, runbook. */
export function renderMessage(notice: Notice): SlackMessage {
  const blocks: KnownBlock[] = [
    { type: 'header', text: { type: 'plain_text', text: headline(notice, 150), emoji: false } },
    section(prose(notice.summary, SECTION)),
    { type: 'section', fields: fields(notice).map((text) => ({ type: 'mrkdwn', text, verbatim: true })) },
  ];
  if (notice.evidence.length > 0) {
    const line = ([label, value]: readonly [string, string]): string =>
      `${prose(label, 200)}: ${code(value, 700)}`;
    blocks.push(section(list('*Evidence*', notice.evidence, line)));
  }
  if (notice.why !== '') blocks.push(section(`*Why it matters*\n${prose(notice.why, SECTION - 20)}`));
  const step = (text: string, index: number): string => `${index + 1}. ${prose(text, 500)}`;
  blocks.push(section(list(`*What to do* · ${link(notice.runbookUrl, 'Runbook')}`, notice.runbook, step)));
  if (notice.eventIds.length > 0) {
    blocks.push(context(list('Events (`jobtrail explain event ID`)', notice.eventIds, idOf, 1000)));
  }
  return { text: fallback(notice), blocks };
}

/** The same with the buttons that its state leaves. */
export function renderInteractive(notice: Notice): SlackMessage {
  const { text, blocks } = renderMessage(notice);
  const buttons = buttonsOf(notice);
  return { text, blocks: buttons === undefined ? blocks : [...blocks, buttons] };
}

/** What a later occurrence adds, for the thread of the message. */
export function renderReply(notice: Notice): SlackMessage {
  const who = notice.who === undefined ? '' : ` Last by ${code(notice.who, 1100)}.`;
  const text = `Seen ${notice.occurrences} times by now, last at ${code(notice.lastSeen, 70)}.${who}`;
  const ids = notice.eventIds.length === 0 ? [] : [context(list('Events', notice.eventIds, idOf, 1000))];
  return { text, blocks: [section(text), ...ids] };
}

/** A change in one short message, where a message cannot be updated. */
export function renderLine(notice: Notice): SlackMessage {
  const text = `${fallback(notice)}\n${prose(notice.summary, 1200)}`;
  return { text, blocks: [section(text)] };
}

const EVENT_TYPE = 'jobtrail_alert';

/** What a message is found by again; `told` marks a reply by the number of occurrences it told. */
export const metadataOf = ({ id, n }: EpisodeRef, told?: number): MessageMetadata => ({
  event_type: EVENT_TYPE,
  event_payload: told === undefined ? { episode: id, n } : { episode: id, n, told },
});

/** True where a message carries exactly this metadata. */
export function hasMetadata(
  found: { readonly event_type?: string; readonly event_payload?: object } | undefined,
  wanted: MessageMetadata,
): boolean {
  if (found?.event_type !== wanted.event_type) return false;
  const payload = new Map<string, unknown>(Object.entries(found.event_payload ?? {}));
  // Numbers that come back as text are the same numbers.
  const plain = (value: unknown): unknown => (typeof value === 'number' ? String(value) : value);
  return ['episode', 'n', 'told'].every(
    (name) => plain(payload.get(name)) === plain(wanted.event_payload[name]),
  );
}

const STATES = { open: '', acknowledged: 'Acknowledged · ', resolved: 'Resolved · ' } as const;

const headline = (notice: Notice, max: number): string =>
  heading(`${STATES[notice.state]}${notice.severity.toUpperCase()} · ${notice.title}`, max);

/** What notifications and screen readers show instead of the blocks. */
function fallback(notice: Notice): string {
  const by = notice.by === undefined ? '' : ` by ${code(notice.by, 500)}`;
  const state = {
    open: notice.change === 'reopen' ? `Open again${by}: ` : '',
    acknowledged: `Acknowledged${by}: `,
    resolved: `Resolved${by}: `,
  }[notice.state];
  const who = notice.who === undefined ? '' : ` · ${code(notice.who, 500)}`;
  const times = notice.occurrences > 1 ? ` · ${notice.occurrences} times` : '';
  return `${state}*${notice.severity.toUpperCase()}* · ${prose(notice.title, 300)}${who}${times}`;
}

function fields(notice: Notice): string[] {
  const { firstSeen, lastSeen, occurrences } = notice;
  const when =
    firstSeen === lastSeen ? code(lastSeen, 70) : `${code(firstSeen, 70)} to ${code(lastSeen, 70)}`;
  const party = (text: string): string => code(text, 300);
  const parties = notice.forWhom.length === 0 ? undefined : list('', notice.forWhom, party, 1500).trimStart();
  const all: readonly (readonly [string, string | undefined])[] = [
    ['Who', notice.who === undefined ? 'not known' : code(notice.who, 1100)],
    ['For whom', parties],
    ['Where', code(notice.environment ?? 'no environment', 200)],
    ['Job', notice.job === undefined ? undefined : code(notice.job, 1100)],
    ['When', occurrences > 1 ? `${when}, ${occurrences} times` : when],
    ['Rule', code(notice.rule, 200)],
    ['Key', code(notice.key, 1100)],
    ['State', stateOf(notice)],
  ];
  return all.flatMap(([label, value]) => (value === undefined ? [] : [`*${label}*\n${value}`]));
}

function stateOf({ state, by }: Notice): string {
  return by === undefined ? state : `${state} by ${code(by, 1100)}`;
}

/** Lines under a title as long as they fit, then how many do not. */
function list<T>(
  title: string,
  items: readonly T[],
  render: (item: T, index: number) => string,
  max = SECTION,
): string {
  let text = title;
  for (const [index, item] of items.entries()) {
    const line = render(item, index);
    if (text.length + line.length + 1 > max - MORE) return `${text}\n… and ${items.length - index} more`;
    text += `\n${line}`;
  }
  return text;
}

const idOf = (id: string): string => code(id, 130);

const mrkdwn = (text: string) => ({ type: 'mrkdwn', text, verbatim: true }) as const;
const section = (text: string): KnownBlock => ({ type: 'section', text: mrkdwn(text) });
export const context = (text: string): KnownBlock => ({ type: 'context', elements: [mrkdwn(text)] });

function buttonsOf({ state, episode }: Notice): KnownBlock | undefined {
  const button = (change: ButtonChange, text: string) => ({
    type: 'button' as const,
    text: { type: 'plain_text' as const, text, emoji: false },
    action_id: actionId(change, episode),
    value: `${episode.id}:${episode.n}`,
  });
  const resolve = button('resolve', 'Resolve');
  switch (state) {
    case 'open':
      return { type: 'actions', elements: [button('acknowledge', 'Acknowledge'), resolve] };
    case 'acknowledged':
      return { type: 'actions', elements: [resolve] };
    case 'resolved':
      return undefined;
  }
}
