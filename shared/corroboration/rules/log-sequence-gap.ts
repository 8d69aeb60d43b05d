import { ACTIONS } from '../../model/event.ts';
import { anchorOf, defineRule } from '../rule.ts';
import { judgeContents } from '../sequences/contents.ts';
import { counterpartsOf, judgeOperation } from '../sequences/operation.ts';
import { judgeSplit, piecesOf } from '../sequences/split.ts';

export const logSequenceGap = defineRule({
  id: 'log-sequence-gap',
  number: 'L12',
  version: 1,
  kind: 'absence',
  title: 'Entries missing inside a sequence',
  severity: 'medium',
  why: 'A sequence that the log itself counts shows what was taken out of it, or put into it: pieces, ends, second contents.',
  runbook: [
    'Read the log in Cloud Logging at the time of the entry: `sequence` is the uid of the split, the operation or the insertId.',
    'Where it is whole there, the way to here lost `missing`: look at the sink’s filter, its exclusions and the dead letters.',
    'Where two contents differ (`differs`), find out who can write to `log`, and compare both (query conflicts).',
  ],
  evidence: [
    'sequence',
    'missing',
    'pieces',
    'contents',
    'differs',
    'source',
    'log',
    'method',
    'job',
    'until',
  ],
  maps: { attack: ['T1685.002', 'T1070'], soc2: ['CC7.2', 'CC2.1'], iso27001: ['A.8.15', 'A.5.28'] },
  peers: [],
  gaps: [
    'The end of jobs, sessions, workflows and of streams is not waited for: they last as long as the work does.',
    'A file of Databricks that lost lines when it was written again is not noticed: its lines are known by themselves.',
    'A gateway’s line that cannot be read is in quarantine, and counted there.',
    'An entry that is marked as cut (queryTruncated and its like) is no gap.',
    'Of accesses to data only what Cloud Logging split is looked at.',
  ],
  expects: 'the entries before it in their sequence',

  sources: [
    'dataproc',
    'dataflow',
    'databricks',
    'bigquery',
    'spanner',
    'storage',
    'iam',
    'logging',
    'kubernetes',
    'platform',
    'pubsub',
  ],
  on: ACTIONS.filter((action) => action !== 'api.call'),
  anchors: (record, context) => {
    if (record.kind !== 'event') return [];
    const others = [...piecesOf(record.event, context), ...counterpartsOf(record.event, context)];
    return [record, ...others.map(anchorOf)];
  },
  judge: (anchor, context) => {
    if (anchor.kind !== 'event') return [];
    const { event } = anchor;
    return [
      ...judgeContents(event, context),
      ...judgeSplit(event, context),
      ...judgeOperation(event, context),
    ];
  },
});
