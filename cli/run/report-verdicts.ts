/** What the records of a day say together: how many verdicts, what waits and for which path, and the stories in plain words. */
import { sourceSilent } from '../../shared/corroboration/health/rules.ts';
import type { Row } from '../../schemas/tables.ts';
import type { Episode } from '../../shared/alerts/store.ts';
import type { Finding } from '../../shared/detections/finding.ts';
import type { Store } from '../../shared/store/store.ts';
import { READY } from '../../shared/store/work.ts';
import type { Story } from '../day/stories.ts';
import { printable } from '../table.ts';
import { text } from './explanation.ts';

export interface VerdictsOptions {
  readonly stories: readonly Story[];
  /** As commands take it: empty, or ` --store …`. */
  readonly option: string;
}

const COUNTS = `SELECT v.Verdict, COUNT(*) AS Number, COUNT(v.LateMs) AS Late FROM LatestVerdicts AS v
GROUP BY v.Verdict ORDER BY v.Verdict`;
const OF_JOB = `SELECT v.Verdict, v.Reason, v.LateMs, v.DecidedAt, v.FindingId FROM Verdicts AS v
WHERE v.Rule = @rule AND v.JobId = @job ORDER BY v.DecidedAt, v.VerdictId`;
const MOST_SILENT = 100;
const ANY_TIME = '9999-12-31T23:59:59.999999999Z';
const MOST_HELD = 1_000_000;

export async function verdictsText(store: Store, { stories, option }: VerdictsOptions): Promise<string> {
  const lines = ['', 'What the records say together', await countsLine(store), ...(await heldLines(store))];
  for (const story of stories) {
    const verdicts = await store.query(OF_JOB, {
      rule: { type: 'string', value: story.rule },
      job: { type: 'string', value: story.job },
    });
    lines.push(
      `  ${story.title}: ${story.told}`,
      `      ${printable(saidOf(verdicts.rows))}: npx jobtrail explain '${story.job}'${option}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

async function countsLine(store: Store): Promise<string> {
  const { rows } = await store.query(COUNTS, {});
  const of = (verdict: string): number =>
    Number(rows.find((row) => row['Verdict'] === verdict)?.['Number'] ?? 0);
  const late = rows.reduce((sum, row) => sum + Number(row['Late'] ?? 0), 0);
  const lateText = late === 0 ? '' : ` (${late} by evidence that came late)`;
  return `  verdicts: ${of('satisfied')} satisfied${lateText}, ${of('violated')} violated, ${of('undetermined')} undetermined (query verdicts)`;
}

/** Incidents of paths, and what is not decided when the day is over. */
async function heldLines(store: Store): Promise<readonly string[]> {
  const incidents = await store.alerts.episodes({ rule: sourceSilent.id, limit: MOST_SILENT });
  const told = await Promise.all(incidents.toReversed().map((one) => silenceLine(store, one)));
  const queues = (await store.work.queues()).filter((queue) => queue !== READY);
  const waiting: string[] = [];
  for (const queue of queues) {
    const records = await store.work.countDue(queue, ANY_TIME, MOST_HELD);
    if (records > 0) waiting.push(`${records} for ${queue}`);
  }
  return [
    ...told,
    `  not decided at the end of the day: ${waiting.length === 0 ? 'nothing' : `verdicts over ${waiting.join(', ')}`}`,
  ];
}

/** An incident has a finding for each time that what waits for it had grown. */
async function silenceLine(store: Store, episode: Episode): Promise<string> {
  const { finding, resolved } = episode;
  const findings = await store.alerts.findings(await store.alerts.findingIdsOf(episode, MOST_SILENT));
  const held = Math.max(0, ...findings.map((one) => Number(saidIn(one, 'held'))));
  const last = saidIn(finding, 'last').slice(11, 16);
  const noticed = finding.time.slice(11, 16);
  const until = resolved === undefined ? 'still silent' : `well again at ${resolved.at.slice(11, 16)}`;
  const waited = held === 1 ? '1 verdict waited' : `${held} verdicts waited`;
  return `  silent: ${printable(saidIn(finding, 'path'))}, last heard at ${last}, noticed at ${noticed}, ${until}; ${waited} for it`;
}

const saidIn = ({ evidence }: Finding, label: string): string =>
  evidence.find(([name]) => name === label)?.[1] ?? '';

/** What was said last, and what was said before where that was something else. */
function saidOf(rows: readonly Row[]): string {
  const last = rows.at(-1);
  if (last === undefined) return 'not judged';
  const first = rows.find((row) => row['Verdict'] === 'violated');
  const at = (row: Row): string => text(row['DecidedAt']).slice(11, 16);
  const late = Number(last['LateMs'] ?? 0);
  if (last['Verdict'] === 'satisfied' && first !== undefined)
    return `violated at ${at(first)}, satisfied at ${at(last)}, by evidence that came ${Math.ceil(late / 60_000)} min after it was due`;
  const reason = last['Verdict'] === 'undetermined' ? `, since ${text(last['Reason'])}` : '';
  return `${text(last['Verdict'])} at ${at(last)}${reason}`;
}
