import { evidence, textOf } from '../../detections/evidence.ts';
import { whoOf } from '../../detections/kinds.ts';
import { burstAnchors, burstsAt, citedOf, listed } from '../bursts.ts';
import { defineRule, type Context, type Judgement } from '../rule.ts';

const ID = 'databricks-downloads';

export const databricksDownloads = defineRule({
  id: ID,
  version: 1,
  kind: 'threshold',
  title: 'Many downloads from a Databricks workspace',
  severity: 'medium',
  why: 'One result on a laptop is everyday work; one after the other is a table that leaves through the page in pieces.',
  runbook: [
    'Ask `principal` what it took from `first` to `last`, and for what; `methods` says by which way.',
    'Look what it read in the hour before: getTable and queries of the same workspace, at `addresses` that are not its own.',
    'Switch downloads of results off in the workspace where nobody needs them.',
  ],
  evidence: ['principal', 'downloads', 'unanswered', 'methods', 'workspaces', 'addresses', 'first', 'last'],
  maps: { attack: ['T1567', 'T1530'], soc2: ['CC6.7'], iso27001: ['A.8.12'] },
  peers: [
    'Panther databricks_data_downloads_from_control_plane (21 in an hour)',
    'Databricks audit queries: data downloads from the control plane',
  ],
  gaps: [
    'How much was in a download is not in its event.',
    'What is read through credentials of paths and tables is downloaded past the workspace.',
  ],
  sources: ['databricks'],
  on: ['data.read'],
  anchors: (record, context) => burstAnchors(record, context, counting(context)),
  judge: (anchor, context) => {
    if (anchor.kind !== 'event') return [];
    const { count } = context.declared.corroboration.thresholds.databricksDownloads;
    return burstsAt(anchor, context, counting(context)).flatMap(({ who, events }): readonly Judgement[] => {
      if (events.length < count) return [];
      const [first = anchor.event] = events;
      const unanswered = events.filter(({ outcome }) => outcome !== 'allowed').length;
      const told = {
        about: who,
        cited: citedOf('download', events),
        found: {
          key: who,
          summary: `${whoOf(first)} downloaded ${events.length} times from Databricks in a short time.`,
          evidence: evidence(
            ['principal', first.actor?.id],
            ['downloads', events.length],
            ['unanswered', unanswered === 0 ? undefined : unanswered],
            ['methods', listed(events.map(({ method }) => method))],
            ['workspaces', listed(events.map(({ project }) => project))],
            ['addresses', listed(events.map(({ claims }) => textOf(claims, 'callerIp')))],
            ['first', first.time],
            ['last', anchor.time],
          ),
        },
      };
      return events.length - unanswered >= count
        ? [{ verdict: 'violated', ...told }]
        : [
            {
              verdict: 'undetermined',
              reason: 'whether the downloads ended well is not recorded of all of them',
              ...told,
            },
          ];
    });
  },
});

const counting = ({ declared }: Context) => ({
  rule: ID,
  seconds: declared.corroboration.thresholds.databricksDownloads.seconds,
});
