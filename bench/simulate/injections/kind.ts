/** What a kind of injected violation is, and what its stories are made with. */
import type { Injection, StoryId } from '../book.ts';
import type { Identity, Organisation } from '../organisation/organisation.ts';
import type { Scene } from '../scene.ts';
import type { Told } from '../told.ts';

export interface InjectionKind {
  /** Rule that must find it. */
  readonly rule: string;
  readonly variant: string;
  /** Rules that rightly find something in its entries as well. */
  readonly explains?: readonly string[];
  /** Earliest and latest time from the start and before the end, where not every time will do. */
  readonly atMost?: number;
  /** Subjects that these share in turn; each has an hour and a half for one of them, since its alert is one for that long. */
  readonly subjects?: (org: Organisation) => number;
  /** @param n counts the injections of this kind from 0: what must be another one each time hangs on it */
  readonly tell: (scene: Scene, at: number, n: number) => Made;
}

export interface Made {
  readonly told: readonly Told[];
  readonly beside?: readonly StoryId[];
  readonly subject?: string;
  readonly until?: number;
  /** A job was started: it counts among the jobs. */
  readonly job?: boolean;
}

export function put(scene: Scene, kind: InjectionKind, at: number, n: number): StoryId {
  const { told, beside = [], subject, until, job } = kind.tell(scene, at, n);
  const injection: Injection = {
    rule: kind.rule,
    variant: kind.variant,
    explains: kind.explains ?? [],
    beside,
    ...(subject === undefined ? {} : { subject }),
  };
  if (job === true) scene.book.jobs += 1;
  return scene.book.tell(told, injection, until);
}

/** The n-th, round and round. */
export function nth<T>(list: readonly T[], n: number): T {
  const one = list[n % list.length];
  if (one === undefined) throw new Error('the organisation is too small for this injection');
  return one;
}

export const inMesh = ({ services }: Organisation): readonly Identity[] =>
  services.filter(({ way }) => way === 'mesh');
export const throughGateway = ({ services }: Organisation): readonly Identity[] =>
  services.filter(({ way }) => way === 'gateway-in-mesh');
