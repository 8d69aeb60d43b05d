/**
 * Whether a record that is missing here exists in Cloud Logging: then it was made and not routed, which is another incident than
 * work without a record. The answer is told in the finding; no verdict and no id depends on it.
 */
import type { MissingRecord } from '../corroboration/rule.ts';
import type { Finding } from '../detections/finding.ts';
import { messageOf } from '../errors.ts';
import type { Told } from './verdict-rows.ts';

export type RoutingAnswer =
  | { readonly kind: 'found'; readonly logName: string; readonly insertId: string }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'not-allowed' }
  | { readonly kind: 'unavailable'; readonly why: string };

/** @param filter in Logging's query language */
export type AskLogging = (project: string, filter: string) => Promise<RoutingAnswer>;

/** Look-ups of one batch: Logging allows 60 a minute and project, and a storm of findings has one cause. */
const MOST = 20;

export async function withRouting(
  told: readonly Told[],
  ask: AskLogging | undefined,
): Promise<readonly Finding[]> {
  let asked = 0;
  const findings: Finding[] = [];
  for (const { finding, missing } of told) {
    if (ask === undefined || missing === undefined || finding.verdict !== 'violation') {
      findings.push(finding);
      continue;
    }
    asked += 1;
    findings.push(
      asked > MOST
        ? tells(finding, 'not looked up: too many at once')
        : tells(finding, inWords(await answerOf(missing, ask))),
    );
  }
  return findings;
}

async function answerOf(missing: MissingRecord, ask: AskLogging): Promise<RoutingAnswer> {
  try {
    return await ask(missing.project, filterOf(missing));
  } catch (error) {
    return { kind: 'unavailable', why: messageOf(error) };
  }
}

/** Label under which the answer stands among a finding's evidence. */
export const ROUTING = 'cloudLogging';

const tells = (finding: Finding, answer: string): Finding => ({
  ...finding,
  evidence: [...finding.evidence, [ROUTING, answer]],
});

function inWords(answer: RoutingAnswer): string {
  switch (answer.kind) {
    case 'found':
      return `the record exists and was not routed here: ${answer.logName}, insertId ${answer.insertId}`;
    case 'not-found':
      return 'no such record exists there either';
    case 'not-allowed':
      return 'Jobtrail may not look there: grant roles/logging.viewer on the project';
    case 'unavailable':
      return `could not be asked: ${answer.why}`;
    default:
      return answer satisfies never;
  }
}

/** Every value is quoted: ids are chosen by callers. */
export function filterOf({ project, service, methods, id, from, until }: MissingRecord): string {
  const parts = [
    `logName=${quoted(`projects/${project}/logs/cloudaudit.googleapis.com%2Factivity`)}`,
    `protoPayload.serviceName=${quoted(service)}`,
    `timestamp>=${quoted(from)}`,
    `timestamp<=${quoted(until)}`,
  ];
  if (methods.length > 0)
    parts.push(`(${methods.map((method) => `protoPayload.methodName:${quoted(method)}`).join(' OR ')})`);
  if (id !== undefined) parts.push(`protoPayload.resourceName:${quoted(id)}`);
  return parts.join(' AND ');
}

/** A string of the query language: `\` and `"` are escaped; a control character is in no name. */
const quoted = (text: string): string =>
  `"${text
    .replaceAll(/\p{Cc}/gu, '')
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')}"`;
