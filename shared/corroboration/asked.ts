/** What an approval must hold for, under one entry of the configuration that asks for it. */
import type { RequiredApproval } from '../../schemas/corroboration.ts';
import type { DeclaredFacts } from '../detections/declared-facts.ts';
import { matchesAny } from '../detections/patterns.ts';
import { parsePrincipalId } from '../identity/grammar/canonical.ts';
import type { TrailEvent } from '../model/trail-event.ts';
import type { Asked } from './approvals.ts';

/** Where the entry is about some datasets, the others that are touched need no approval under it. */
export function asksFor(event: TrailEvent, required: RequiredApproval, declared: DeclaredFacts): Asked {
  const { datasets } = required;
  const touched = event.datasets.map(({ dataset }) => dataset);
  return {
    event,
    declared,
    datasets: datasets === undefined ? touched : touched.filter((one) => matchesAny(datasets, one)),
    mayApprove: (approver) => {
      const id = parsePrincipalId(approver)?.id;
      return id !== undefined && declared.corroboration.mayApprove(required, id);
    },
  };
}
