import { byDeployer } from '../../detections/deployers.ts';
import { evidence, isTrue } from '../../detections/evidence.ts';
import { whoOf } from '../../detections/kinds.ts';
import type { TrailEvent } from '../../model/trail-event.ts';
import { burstAnchors, burstsAt, citedOf, listed } from '../bursts.ts';
import { withoutSession } from '../repeats.ts';
import { defineRule, type Context } from '../rule.ts';

const ID = 'spanner-partitioned-reads';

export const spannerPartitionedReads = defineRule({
  id: ID,
  version: 1,
  kind: 'threshold',
  title: 'Spanner database read in many partitions',
  severity: 'medium',
  why: 'A read that is cut into partitions is how a whole database is taken: by many workers, at once, in order.',
  runbook: [
    'Look which job ran as `principal` from `first` to `last` (query jobs-of-principal), and where it wrote what it read from `database`.',
    'Ask its owner which export this was; a policy that permits data.read to `principal` on `database` declares it.',
    'Where nobody answers for it, revoke the credentials of `principal` and look at its writes in the hour after.',
  ],
  evidence: ['principal', 'database', 'calls', 'methods', 'dataBoost', 'decision', 'first', 'last'],
  maps: { attack: ['T1213.006', 'T1530'], soc2: ['CC6.1', 'CC6.7'], iso27001: ['A.8.12', 'A.8.3'] },
  peers: [],
  gaps: [
    'Reads need Data Access logs of Spanner.',
    'Partitions of one read that are spread over more than the window are not counted together.',
    'A read that is not cut into partitions, however large, is not seen.',
  ],
  sources: ['spanner'],
  on: ['data.read', 'data.write'],
  anchors: (record, context) => burstAnchors(record, context, counting(context)),
  judge: (anchor, context) => {
    if (anchor.kind !== 'event') return [];
    return burstsAt(anchor, context, counting(context)).flatMap(({ who, events }) => {
      const calls = events.filter((event) => !isDeclared(event, context));
      if (calls.length < context.declared.corroboration.thresholds.partitionedReads.count) return [];
      const [first = anchor.event] = calls;
      const boosted = calls.filter(({ claims }) => isTrue(claims, 'dataBoost')).length;
      const decisions = calls.map((event) => context.decide(event, {})?.outcome);
      return [
        {
          verdict: 'violated' as const,
          about: who,
          cited: citedOf('read', calls),
          found: {
            key: who,
            severity: decisions.some((one) => one === 'forbidden' || one === 'undeclared')
              ? ('high' as const)
              : ('medium' as const),
            summary: `${whoOf(first)} read a database in partitions, ${calls.length} times in a short time, which no policy declares.`,
            evidence: evidence(
              ['principal', first.actor?.id],
              ['database', withoutSession(first.resource)],
              ['calls', calls.length],
              ['methods', listed(calls.map(({ method }) => method.slice(method.lastIndexOf('.') + 1)))],
              ['dataBoost', boosted === 0 ? undefined : boosted],
              ['decision', listed(decisions)],
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
  seconds: declared.corroboration.thresholds.partitionedReads.seconds,
});

/** A nightly export that a policy permits, or that CI makes. */
const isDeclared = (event: TrailEvent, { declared, decide }: Context): boolean =>
  decide(event, {})?.outcome === 'permitted' || byDeployer(event, declared);
