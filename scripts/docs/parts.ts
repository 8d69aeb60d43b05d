/** The generated parts of the pages under docs/, by name. */
import { readFileSync } from 'node:fs';
import { Config, RETENTION_CLASSES } from '../../schemas/config.ts';
import { Corroboration, Thresholds } from '../../schemas/corroboration.ts';
import { type Column, type Index, type Table, type TableName, TABLES } from '../../schemas/tables.ts';
import { EMPTY_CONFIG } from '../../shared/config/parse.ts';
import { AUDIT_NEEDS, CHECKS, UNASKED_CODES } from '../../shared/doctor/check-list.ts';
import { DISPOSITIONS } from '../../shared/errors.ts';
import { ACTIONS } from '../../shared/model/event.ts';
import { retentionClassOf, retentionDays } from '../../shared/pipeline/classes.ts';
import { type SavedParam, savedQueries, type SavedQuery } from '../../shared/store/queries.ts';
import { COLUMN_MEANING } from './columns.ts';
import {
  AGENT_MEANING,
  BINDING_MEANING,
  CLASS_MEANING,
  CONFIG_MEANING,
  CORROBORATION_MEANING,
  DECLARED_CANARY_MEANING,
  DECLARED_JOB_MEANING,
  DECLARED_PATH_MEANING,
  ISSUER_MEANING,
  REQUIRED_APPROVAL_MEANING,
  REQUIRED_EVIDENCE_MEANING,
  THRESHOLD_MEANING,
} from './config-keys.ts';
import { detectionSections, detectionsIndex } from './detections.ts';
import { DISPOSITION_MEANING, ERROR_MEANING } from './errors.ts';
import { EVIDENCE_PARTS } from './evidence.ts';
import { code, codes, table } from './markdown.ts';
import { POLICY_PARTS } from './policy.ts';
import { ROLE_PARTS } from './roles.ts';
import { SCALE_PARTS } from './scale.ts';
import {
  ABSENT_MEANING,
  ACTION_MEANING,
  DATASET_OP_MEANING,
  JOIN_MEANING,
  OUTCOME_MEANING,
  PROOF_MEANING,
  PROVENANCE_MEANING,
  STATUS_MEANING,
  STRENGTH_MEANING,
  VERDICT_MEANING,
  VIA_MEANING,
} from './vocabulary.ts';

export const PARTS: ReadonlyMap<string, () => string> = new Map([
  ['tables', () => Object.values(TABLES).map(tablePart).join('\n\n')],
  ['views', viewsPart],
  ['queries', () => savedQueries().map(queryPart).join('\n\n')],
  [
    'actions',
    () =>
      table(
        ['action', 'meaning', 'class'],
        ACTIONS.map((action) => [code(action), ACTION_MEANING[action], retentionClassOf(action)]),
      ),
  ],
  ['outcomes', () => words('outcome', OUTCOME_MEANING)],
  ['via', () => words('via', VIA_MEANING)],
  ['provenance', () => words('provenance', PROVENANCE_MEANING)],
  ['strength', () => words('strength', STRENGTH_MEANING)],
  ['dataset-ops', () => words('op', DATASET_OP_MEANING)],
  ['proofs', () => words('proof', PROOF_MEANING)],
  ['absent', () => words('reason', ABSENT_MEANING)],
  ['verdicts', () => words('verdict', VERDICT_MEANING)],
  ['joins', () => words('joined by', JOIN_MEANING)],
  ['path-status', () => words('status', STATUS_MEANING)],
  ['dispositions', () => words('disposition', DISPOSITION_MEANING)],
  [
    'errors',
    () =>
      table(
        ['code', 'disposition', 'meaning'],
        Object.entries(ERROR_MEANING).map(([name, meaning]) => [
          code(name),
          Object.entries(DISPOSITIONS).find(([known]) => known === name)?.[1] ?? '',
          meaning,
        ]),
      ),
  ],
  [
    'doctor-checks',
    () =>
      table(
        ['check', 'looks at'],
        CHECKS.map(({ name, looksAt }) => [code(name), looksAt]),
      ),
  ],
  [
    'doctor-codes',
    () =>
      table(
        ['line', 'state', 'found where'],
        CHECKS.flatMap(({ name, codes: found }) =>
          Object.entries(found).map(([one, { state, means }]) => [
            code(`${name}:${one}`),
            code(state),
            means,
          ]),
        ),
      ),
  ],
  ['doctor-unasked', () => words('code', UNASKED_CODES)],
  [
    'doctor-audit',
    () =>
      table(
        ['service', 'types', 'without them'],
        AUDIT_NEEDS.map(({ service, types, without }) => [
          code(service),
          types.map(code).join(', '),
          without,
        ]),
      ),
  ],
  ['config-keys', configPart],
  ['config-bindings', () => words('key', BINDING_MEANING)],
  ['config-agents', () => words('key', AGENT_MEANING)],
  ['config-issuers', () => words('key', ISSUER_MEANING)],
  ['config-classes', classesPart],
  ['config-corroboration', corroborationPart],
  ['config-evidence', () => words('key', REQUIRED_EVIDENCE_MEANING)],
  ['config-approvals', () => words('key', REQUIRED_APPROVAL_MEANING)],
  ['config-jobs', () => words('key', DECLARED_JOB_MEANING)],
  ['config-paths', () => words('key', DECLARED_PATH_MEANING)],
  ['config-canaries', () => words('key', DECLARED_CANARY_MEANING)],
  ['config-thresholds', thresholdsPart],
  ['detections-index', detectionsIndex],
  ['detections', detectionSections],
  ...EVIDENCE_PARTS,
  ...POLICY_PARTS,
  ...ROLE_PARTS,
  ...SCALE_PARTS,
]);

const words = (head: string, meanings: Readonly<Record<string, string>>): string =>
  table(
    [head, 'meaning'],
    Object.entries(meanings).map(([word, meaning]) => [code(word), meaning]),
  );

function tablePart(definition: Table): string {
  const { name, kind, key, descending, columns, indexes } = definition;
  const rows = columns.map((column) => {
    const digest = column.outsideDigest === true ? 'outside' : '';
    return [code(column.name), typeOf(column), digest, meaningOf(name, column.name)];
  });
  const extra = Object.keys(COLUMN_MEANING[name]).filter((known) => !columns.some((c) => c.name === known));
  if (extra.length > 0) throw new Error(`${name} has no column ${extra.join(', ')}.`);
  const listed =
    indexes.length === 0
      ? 'No secondary index.'
      : `Indexes:\n\n${indexes.map((index) => indexLine(index, columns)).join('\n')}`;
  return [
    `### ${name}`,
    `Kind: ${kind}. Key: ${inOrder(key, descending)}.`,
    table(['column', 'type', 'digest', 'holds'], rows),
    listed,
  ].join('\n\n');
}

function meaningOf(name: TableName, column: string): string {
  const meaning = COLUMN_MEANING[name][column];
  if (meaning === undefined)
    throw new Error(`scripts/docs/columns.ts does not say what ${name}.${column} holds.`);
  return meaning;
}

function typeOf({ type, max, required }: Column): string {
  const limit = max === undefined ? '' : `(${max})`;
  const text = type === 'strings' ? `list of string${limit}` : `${type}${limit}`;
  return required === true ? `${text}, required` : text;
}

const inOrder = (columns: readonly string[], descending: readonly string[] = []): string =>
  columns.map((column) => code(descending.includes(column) ? `${column} DESC` : column)).join(', ');

function indexLine(
  { name, columns, storing, descending, nullFiltered }: Index,
  ofTable: readonly Column[],
): string {
  const nullable = columns.filter((column) => ofTable.some((c) => c.name === column && c.required !== true));
  const filtered = nullFiltered === true ? `; rows without ${codes(nullable)} are left out` : '';
  return `- ${code(name)} on ${inOrder(columns, descending)}, storing ${codes(storing)}${filtered}`;
}

const VIEWS = ['0002_views.sql', '0006_corroboration.sql'].map(
  (file) => new URL(`../../schemas/spanner/${file}`, import.meta.url),
);
/** A view with the comment lines that stand right above it. */
const VIEW = /((?:^-- .*\n)+)CREATE VIEW (\w+)/gm;

function viewsPart(): string {
  const views = VIEWS.map((file) => readFileSync(file, 'utf8'))
    .join('\n')
    .matchAll(VIEW);
  return Array.from(views, ([, comment = '', name = '']) => {
    const lines = comment.replaceAll(/^-- /gm, '').trim();
    return `- ${code(name)}: ${lines.replaceAll('\n', '\n  ')}`;
  }).join('\n');
}

function queryPart({ name, title, params }: SavedQuery): string {
  const example = ['npx jobtrail query', name, ...params.filter((param) => param.required).map(exampleOf)];
  const parameters =
    params.length === 0
      ? 'No parameters.'
      : table(
          ['parameter', 'type', 'default', 'meaning'],
          params.map((param) => [code(param.name), param.type, fallbackOf(param), param.description]),
        );
  return [`### ${name}`, `${title}.`, parameters, `    ${example.join(' ')}`].join('\n\n');
}

const fallbackOf = ({ required, fallback }: SavedParam): string =>
  required ? 'required' : fallback === undefined ? 'none' : code(fallback);

function exampleOf({ name, type, description }: SavedParam): string {
  const shown = /such as ([^\s,]+)/.exec(description)?.[1];
  const value = shown ?? (type === 'timestamp' ? '2026-01-31T20:00:00Z' : type === 'int64' ? '100' : 'VALUE');
  return `--param ${name}=${value}`;
}

/** Values that take a line of a page are told where they are explained. */
const BELOW: ReadonlySet<string> = new Set(['retentionDays', 'corroboration']);

function configPart(): string {
  const defaults = new Map<string, unknown>(Object.entries(Config.parse({})));
  return table(
    ['key', 'default', 'meaning'],
    Object.entries(CONFIG_MEANING).map(([key, meaning]) => [
      code(key),
      BELOW.has(key) ? 'see below' : code(JSON.stringify(defaults.get(key))),
      meaning,
    ]),
  );
}

function classesPart(): string {
  const { config } = EMPTY_CONFIG;
  return table(
    ['class', 'days by default', 'raw kept by default', 'events'],
    RETENTION_CLASSES.map((kind) => [
      code(kind),
      String(retentionDays(config, kind)),
      config.rawClasses.includes(kind) ? 'yes' : 'no',
      CLASS_MEANING[kind],
    ]),
  );
}

function corroborationPart(): string {
  const defaults = new Map<string, unknown>(Object.entries(Corroboration.parse({})));
  return table(
    ['key', 'default', 'meaning'],
    Object.entries(CORROBORATION_MEANING).map(([key, meaning]) => [
      code(key),
      key === 'thresholds' ? 'see below' : code(JSON.stringify(defaults.get(key))),
      meaning,
    ]),
  );
}

function thresholdsPart(): string {
  const defaults: Readonly<Record<string, number | { readonly count: number; readonly seconds: number }>> =
    Thresholds.parse({});
  return table(
    ['key', 'default', 'meaning'],
    Object.entries(THRESHOLD_MEANING).map(([key, meaning]) => [
      code(key),
      JSON.stringify(defaults[key]).replaceAll('"', '').replaceAll(/[:,]/g, '$& '),
      meaning,
    ]),
  );
}
