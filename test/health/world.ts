/** Paths, minute by minute, as reconcile would look at them: receipts in, healths and findings out. */
import { Corroboration } from '../../schemas/corroboration.ts';
import type { Row } from '../../schemas/tables.ts';
import { declaredCorroboration, type DeclaredCorroboration } from '../../shared/corroboration/declared.ts';
import { arrivalsOf, type Beside } from '../../shared/corroboration/health/arrivals.ts';
import type { CanaryBack } from '../../shared/corroboration/health/canary.ts';
import { foldArrivals } from '../../shared/corroboration/health/fold.ts';
import { judgeHealth, remember, type JudgedHealth } from '../../shared/corroboration/health/judge.ts';
import type { MetricPoint } from '../../shared/corroboration/health/metrics.ts';
import { parseState, type States } from '../../shared/corroboration/health/state.ts';
import { healthOf, type PathHealth } from '../../shared/corroboration/health/status.ts';
import { watermarkOf } from '../../shared/corroboration/health/watermarks.ts';
import { timestampOf } from '../../shared/store/timestamp.ts';

export const MINUTE = 60_000;
/** A Wednesday. */
export const START = Date.parse('2026-11-18T08:00:00Z');
/** Minutes after the start, fractions too, as rows have them. */
export const at = (minutes: number): string => timestampOf(new Date(START + minutes * MINUTE));

export const declaredOf = (corroboration: object = {}): DeclaredCorroboration =>
  declaredCorroboration(Corroboration.parse(corroboration), () => new Set());

export interface RowOptions {
  readonly source?: string;
  readonly project?: string;
  readonly provenance?: string;
  readonly claims?: Readonly<Record<string, string>>;
  /** Minutes; of the receipt and of the event. */
  readonly received?: number | null;
  readonly event: number;
  readonly over?: Row;
}

/** As much of a row of Events as arrivals look at. */
export const rowOf = ({ source = 'dataproc', event, received = event, over, ...rest }: RowOptions): Row => ({
  EventTime: at(event),
  ReceiveTime: received === null ? undefined : at(received),
  Source: source,
  Action: source === 'istio' || source === 'kong' ? 'api.call' : 'metadata.read',
  Outcome: 'allowed',
  Provenance: rest.provenance ?? (source === 'istio' || source === 'kong' ? 'declared-writer' : 'provider'),
  Project: rest.project,
  Claims: rest.claims === undefined ? undefined : JSON.stringify(rest.claims),
  ...over,
});

export const kongRow = (event: number, cluster = 'edge', over: Row = {}): Row =>
  rowOf({ source: 'kong', event, claims: { grade: 'request', cluster }, over });

export const meshRow = (event: number, reporter: string, cluster = 'prod', over: Row = {}): Row =>
  rowOf({ source: 'istio', event, claims: { reporter, cluster }, over });

export interface Look {
  readonly healths: readonly PathHealth[];
  readonly judged: JudgedHealth;
  readonly states: States;
  readonly of: (path: string) => PathHealth;
  readonly watermark: (awaited: string) => string | undefined;
}

export interface World {
  /** A commit at a minute of rows, whatever their own times. */
  commit(minute: number, rows: readonly Row[], others?: Beside): void;
  canary(path: string, sent: number): void;
  metric(metric: string, resource: string, end: number, value: number, minutes?: number): void;
  held: Map<string, number>;
  /** Looks at a minute: reads the last ten minutes of receipts whole, or from a minute on. */
  look(minute: number, from?: number): Look;
  /** Looks at each minute of a span and gives the last look. */
  looks(from: number, until: number): Look;
}

export function createWorld(declared: DeclaredCorroboration = declaredOf()): World {
  const receipts: { commitTime: string; arrivals: string }[] = [];
  const canaries: CanaryBack[] = [];
  const metrics: MetricPoint[] = [];
  let states: States = new Map();
  let last = 0;
  const world: World = {
    held: new Map(),
    commit(minute, rows, others) {
      const arrivals = arrivalsOf(rows, at(minute), others);
      if (arrivals !== undefined) receipts.push({ commitTime: at(minute), arrivals });
    },
    canary(path, sent) {
      canaries.push({ path, sentAt: `${at(sent).slice(0, 19)}Z` });
    },
    metric(metric, resource, end, value, minutes = 5) {
      const until = START + end * MINUTE;
      metrics.push({ metric, resource, start: until - minutes * MINUTE, end: until, value, eventId: 'e' });
    },
    look(minute, from = Math.max(0, Math.min(last, minute) - 10)) {
      const now = at(minute);
      const first = at(from);
      states = foldArrivals(states, {
        from: first.slice(0, 16),
        until: now.slice(0, 16),
        receipts: receipts.filter(({ commitTime }) => commitTime >= first && commitTime <= now),
      });
      const healths = healthOf({ states, canaries, metrics, declared, now });
      const judged = judgeHealth({
        states,
        healths,
        metrics,
        declared,
        heldBy: world.held,
        bundle: 'b'.repeat(64),
        now,
      });
      states = remember(states, healths, judged, now);
      // Through its text, as it is stored.
      states = new Map([...states].map(([path, state]) => [path, parseState(JSON.stringify(state))]));
      last = minute;
      return {
        healths,
        judged,
        states,
        of: (path) => {
          const found = healths.find((health) => health.path === path);
          if (found === undefined) throw new Error(`no health of ${path}`);
          return found;
        },
        watermark: watermarkOf(healths),
      };
    },
    looks(from, until) {
      let look = world.look(from);
      for (let minute = from + 1; minute <= until; minute += 1) look = world.look(minute);
      return look;
    },
  };
  return world;
}
