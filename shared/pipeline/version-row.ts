/** The row of the version of a policy that an event leaves in force. */
import type { Row } from '../../schemas/tables.ts';
import type { PolicyVersion } from '../model/event.ts';
import type { TableRow } from '../store/store.ts';
import { clip } from './clip.ts';

/** @param event the event's own row, which says who, where and when */
export function versionRow(event: Row, policy: PolicyVersion, expireAt: string): TableRow {
  return {
    table: 'PolicyVersions',
    row: {
      Plane: policy.plane,
      Policy: clip(policy.policy, 1024) ?? '',
      EventTime: event['EventTime'],
      EventId: event['EventId'],
      Variant: event['Variant'],
      Change: policy.change,
      ContentDigest: policy.digest,
      Actor: event['Actor'],
      ActingFor: event['ActingFor'],
      Project: event['Project'],
      Environment: event['Environment'],
      Provenance: event['Provenance'],
      ExpireAt: expireAt,
    },
  };
}
