/** The log lines about what was committed, the same by whichever way it came. */
import type { Logger } from '../../shared/observe/log.ts';
import type { Fate } from '../../shared/pipeline/commit.ts';
import type { Received } from '../../shared/pipeline/ingest.ts';

/** Whether there is anything to say. */
export const noteworthy = ({ prepared }: Pick<Received, 'prepared'>, fates: readonly Fate[]): boolean =>
  prepared.some(
    (item) => item.kind === 'rows' && (item.entry.kind === 'quarantine' || item.unknownMethod !== undefined),
  ) || fates.some((fate) => fate === 'conflicting' || fate === 'quarantined');

/** One line for what an operator may have to look at; nothing for what went as it should. */
export function report(
  logger: Logger,
  { message, prepared }: Pick<Received, 'message' | 'prepared'>,
  fates: readonly Fate[],
): void {
  for (const [index, item] of prepared.entries()) {
    const fate = fates[index];
    const known = {
      messageId: message?.messageId,
      deliveryAttempt: message?.deliveryAttempt,
      source: item.source,
    };
    if (item.kind === 'rows' && item.entry.kind === 'quarantine') {
      const { row } = item.entry.rows[0];
      logger.log('WARNING', 'entry quarantined', {
        ...known,
        reason: String(row['Reason']),
        quarantineId: String(row['QuarantineId']),
        detail: String(row['Message']),
      });
    } else if (item.kind === 'rows' && fate === 'quarantined') {
      // Found out in the commit: its event row was refused, and the entry quarantined in its place.
      const eventId = String(item.entry.rows[0].row['EventId']);
      logger.log('WARNING', 'entry quarantined', { ...known, reason: 'row-refused', eventId });
    } else if (item.kind === 'rows' && item.unknownMethod !== undefined) {
      logger.log('WARNING', 'method not known to its source', { ...known, method: item.unknownMethod });
    }
    if (fate === 'conflicting') logger.log('WARNING', 'known event id with another content', known);
  }
}
