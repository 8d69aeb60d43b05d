/** What the audit entries of the mix share beyond the day's builder. */
import { audit } from '../../cli/day/audit.ts';
import type { AuditCall } from '../../cli/day/audit.ts';
import type { Project } from '../../cli/day/company.ts';
import type { Draft, Json } from '../../cli/day/entry.ts';
import type { Random } from '../../cli/day/random.ts';
import { mark, stamped } from './fresh.ts';
import type { Population } from './population.ts';

type Common = Pick<AuditCall, 'at' | 'to' | 'project' | 'caller' | 'requestTime'>;

/** Somebody calls something in one of the projects. */
export function callOf(random: Random, people: Population): Common & { readonly of: Project } {
  const of = random.pick(people.projects);
  return {
    at: 0,
    to: 'dataproc',
    project: of.id,
    of,
    caller: random.pick(people.callers),
    requestTime: mark('requestTime'),
  };
}

/** An operation that is over in one entry. */
export const operationOf = (producer: string): Json => ({
  first: true,
  last: true,
  id: mark('entryUuid'),
  producer,
});

interface Told extends AuditCall {
  readonly labels?: Json;
  /** `protoPayload.serviceData`, which older services write. */
  readonly serviceData?: Json;
}

/** The one entry of a call. */
export function told({ labels, serviceData, ...call }: Told): readonly string[] {
  const draft: Draft = audit(call);
  const payload =
    serviceData === undefined
      ? draft.payload
      : {
          protoPayload: {
            ...Object.fromEntries(Object.entries(draft.payload['protoPayload'] ?? {})),
            serviceData,
          },
        };
  return [stamped({ ...draft, payload, ...(labels === undefined ? {} : { labels }) })];
}
