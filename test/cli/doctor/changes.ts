/** Ways in which a test breaks what Google's APIs tell of a healthy deployment. */
import type { Google, Policy, Sink } from './google.ts';
import { ORGANISATION } from './healthy.ts';

export type Change = (healthy: Google, project: string) => Google;

/** The organisation's sink of dataproc is another. */
export const changedSink =
  (change: Partial<Sink>): Change =>
  (healthy) => ({
    ...healthy,
    sinks: {
      [ORGANISATION]: (healthy.sinks[ORGANISATION] ?? []).map((sink) =>
        sink.name === 'jobtrail-dataproc' ? { ...sink, ...change } : sink,
      ),
    },
  });

/** One resource has another policy; `projects/trail` is the pipeline's. */
export const withPolicy =
  (resource: string, policy: Policy): Change =>
  (healthy, project) => ({
    ...healthy,
    policies: {
      ...healthy.policies,
      [resource.replace(/^projects\/trail(?=\/|$)/, `projects/${project}`)]: policy,
    },
  });

export const grant = (role: string, ...members: string[]): Policy => ({ bindings: [{ role, members }] });

/** One change after another. */
export const both =
  (first: Change, second: Change): Change =>
  (healthy, project) =>
    second(first(healthy, project), project);
