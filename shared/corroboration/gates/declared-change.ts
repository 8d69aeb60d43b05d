/** Whether a change of what lets somebody in is one that was declared: CI made it, or a signed deploy record tells of it. */
import { byDeployer } from '../../detections/deployers.ts';
import type { DeclaredFacts } from '../../detections/declared-facts.ts';
import type { TrailEvent } from '../../model/trail-event.ts';
import { changedBy, coveringRecord, recordsAround } from '../deploy-record.ts';
import type { DeployKind } from '../deployable.ts';
import type { Facts } from '../facts.ts';
import { memo } from '../memo.ts';

const kindOf = ({ source }: TrailEvent): DeployKind =>
  source === 'kubernetes' ? 'mesh' : source === 'kong' ? 'gateway' : 'iam';

const changed = memo((event: TrailEvent) => changedBy(event, kindOf(event)));

/** @param others changes around it, of which a record may tell instead */
export function isDeclaredChange(
  change: TrailEvent,
  others: readonly TrailEvent[],
  declared: DeclaredFacts,
  facts: Facts,
): boolean {
  if (byDeployer(change, declared)) return true;
  if (declared.corroboration.deployRecords === 'ignored') return false;
  const records = recordsAround(change.time, facts);
  if (records.length === 0) return false;
  return coveringRecord(changed(change), records, others.map(changed), declared) !== undefined;
}
