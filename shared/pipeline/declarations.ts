/** What is declared at an event's time, with what is made of it once: bindings, retention, the judge. */
import type { RetentionClass } from '../../schemas/config.ts';
import type { Bundle } from '../config/bundle.ts';
import type { LoadedConfig } from '../config/parse.ts';
import type { Timeline } from '../config/timeline.ts';
import type { Detection } from '../detections/detection.ts';
import { createIdentifier } from '../identity/identify.ts';
import { createJudge, type Judge } from './judge.ts';

/** A configuration or bundle with what is made of it once. */
export interface Declared {
  readonly loaded: LoadedConfig;
  readonly config: LoadedConfig['config'];
  readonly digest: string;
  readonly environmentOf: LoadedConfig['environmentOf'];
  readonly meshProjects: LoadedConfig['meshProjects'];
  readonly identifier: ReturnType<typeof createIdentifier>;
  readonly judge: Judge | undefined;
  readonly rawClasses: ReadonlySet<RetentionClass>;
}

function declare(loaded: LoadedConfig | Bundle, detections: readonly Detection[]): Declared {
  const { config, digest, environmentOf, meshProjects } = loaded;
  return {
    loaded,
    config,
    digest,
    environmentOf,
    meshProjects,
    identifier: createIdentifier({ bindings: config.bindings, agents: config.agents }),
    judge: 'facts' in loaded ? createJudge(loaded, detections) : undefined,
    rawClasses: new Set(config.rawClasses),
  };
}

export interface Declarations {
  /** @param time event time, RFC 3339, UTC, nine fraction digits, `Z` */
  at(time: string): Declared;
}

/**
 * @param timeline bundles by event time; absent: `loaded` holds always
 * @throws JobtrailError `config-invalid` when two bindings contradict each other.
 */
export function createDeclarations(
  loaded: LoadedConfig | Bundle,
  timeline: Timeline | undefined,
  detections: readonly Detection[],
): Declarations {
  const known = new WeakMap<LoadedConfig, Declared>();
  let last = declare(loaded, detections);
  if (timeline === undefined) return { at: () => last };
  return {
    at(time) {
      const bundle = timeline.at(time);
      if (bundle === last.loaded) return last;
      last = known.get(bundle) ?? declare(bundle, detections);
      known.set(bundle, last);
      return last;
    },
  };
}
