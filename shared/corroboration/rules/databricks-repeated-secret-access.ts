import { evidence, textOf } from '../../detections/evidence.ts';
import { whoOf } from '../../detections/kinds.ts';
import { burstAnchors, burstsAt, citedOf, listed } from '../bursts.ts';
import { defineRule, type Context } from '../rule.ts';

const ID = 'databricks-repeated-secret-access';

export const databricksRepeatedSecretAccess = defineRule({
  id: ID,
  version: 1,
  kind: 'threshold',
  title: 'Secrets of Databricks read again and again',
  severity: 'medium',
  why: 'Whoever came into a workspace takes its secrets first: they open what lies outside of it.',
  runbook: [
    'Ask `principal` which job or notebook reads `scopes` from `first` to `last`; a job reads its own few, once a run.',
    'Look for reads that were refused (`refused`): they say that somebody tried keys it does not know.',
    'Change the secrets under `keys` where nobody answers for it; exempt a declared reader from this rule.',
  ],
  evidence: ['principal', 'reads', 'refused', 'scopes', 'keys', 'addresses', 'first', 'last'],
  maps: { attack: ['T1555.006', 'T1552'], soc2: ['CC6.1'], iso27001: ['A.8.3', 'A.5.17'] },
  peers: [
    'Panther databricks_repeated_access_to_secrets (10 in an hour)',
    'Databricks audit queries: repeated access to secrets',
  ],
  gaps: ['A secret that a cluster has in its environment is read once, at its start.'],
  sources: ['databricks'],
  on: ['secret.read'],
  anchors: (record, context) => burstAnchors(record, context, counting(context)),
  judge: (anchor, context) => {
    if (anchor.kind !== 'event') return [];
    const { count } = context.declared.corroboration.thresholds.databricksSecrets;
    return burstsAt(anchor, context, counting(context)).flatMap(({ who, events }) => {
      if (events.length < count) return [];
      const [first = anchor.event] = events;
      const refused = events.filter(({ outcome }) => outcome !== 'allowed').length;
      return [
        {
          verdict: 'violated' as const,
          about: who,
          cited: citedOf('read', events),
          found: {
            key: who,
            summary: `${whoOf(first)} read secrets of Databricks ${events.length} times in a short time.`,
            evidence: evidence(
              ['principal', first.actor?.id],
              ['reads', events.length],
              ['refused', refused === 0 ? undefined : refused],
              ['scopes', listed(events.map(({ claims }) => textOf(claims, 'scope')))],
              ['keys', listed(events.map(({ claims }) => textOf(claims, 'key')))],
              ['addresses', listed(events.map(({ claims }) => textOf(claims, 'callerIp')))],
              ['first', first.time],
              ['last', anchor.time],
            ),
          },
        },
      ];
    });
  },
});

const counting = ({ declared }: Context) => ({
  rule: ID,
  seconds: declared.corroboration.thresholds.databricksSecrets.seconds,
});
