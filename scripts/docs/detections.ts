/** docs/detections.md: the index and one section for each detection, under the anchor that runbook links name. */
import { DETECTIONS } from '../../shared/detections/index.ts';
import type { Detection } from '../../shared/detections/detection.ts';
import { techniqueLink } from './attack.ts';
import { code, codes, table } from './markdown.ts';

const ORDERED = DETECTIONS.toSorted((a, b) => rank(a).localeCompare(rank(b)));

/** Those of the catalogue by number, then the others by id. */
function rank({ number, id }: Detection): string {
  return number === undefined ? `~${id}` : `${'ULDXP'.indexOf(number.slice(0, 1))}${number}`;
}

export const detectionsIndex = (): string =>
  table(
    ['detection', 'number', 'severity', 'finds'],
    ORDERED.map(({ id, number, severity, title }) => [`[${id}](#${id})`, number ?? '', severity, title]),
  );

export const detectionSections = (): string => ORDERED.map(sectionOf).join('\n\n');

function sectionOf(detection: Detection): string {
  const { id, number, version, title, severity, why, runbook, evidence, maps, peers, gaps, sources, on } =
    detection;
  const numbered = number === undefined ? '' : `, ${number} of the catalogue`;
  return [
    `## ${id}`,
    `**${prose(title)}.** Severity ${severity}${numbered}, version ${version}.`,
    sentence(prose(why)),
    'What to do:',
    runbook.map((line, index) => `${index + 1}. ${prose(line)}`).join('\n'),
    [
      `- Evidence: ${codes(evidence)}.`,
      `- Reads: ${codes(on)} of ${sources.join(', ')}.`,
      `- Maps to: ATT&CK ${maps.attack.map(techniqueLink).join(', ')}; SOC 2 ${maps.soc2.join(', ')}; ISO 27001 ${maps.iso27001.join(', ')}.`,
      ...(gaps.length === 0 ? [] : [`- Does not see: ${gaps.map(prose).join(' ')}`]),
      `- Peers: ${peers.length === 0 ? 'none known' : peers.map(prose).join('; ')}.`,
      `- Code: ${code(`shared/detections/${id}.ts`)}, cases: ${code(`test/detections/${id}/`)}.`,
    ].join('\n'),
  ].join('\n\n');
}

/** Plain text as Markdown: what stands in code marks stays as it is. */
const prose = (text: string): string =>
  text
    .split('`')
    .map((part, at) => (at % 2 === 1 ? part : part.replaceAll(/[*<]/g, String.raw`\$&`)))
    .join('`');
const sentence = (text: string): string => (text.endsWith('.') ? text : `${text}.`);
