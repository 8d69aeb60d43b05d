/** The cases of test/detections, run in this process: what a mutant is held against. */
import type { Detection } from '../../shared/detections/detection.ts';
import type { createDetect } from '../../shared/detections/detect.ts';
import type { declaredFacts } from '../../shared/detections/declare.ts';
import { isDeepStrictEqual } from 'node:util';
import { DETECTIONS } from '../../shared/detections/index.ts';
import {
  casesOf,
  expectedOf,
  goldenOf,
  judged,
  prepareCase,
  type NamedCase,
  type PreparedCase,
} from '../../test/detections/cases.ts';

export interface Modules {
  readonly createDetect: typeof createDetect;
  /** Where it is the mutant: what is declared is prepared anew with it. */
  readonly declaredFacts?: typeof declaredFacts;
}

type Ready = PreparedCase & { readonly one: NamedCase; readonly expected: readonly unknown[] };

const ready = new Map<string, readonly Ready[]>();

/** Decoded, normalised and decided once; mutants of detections see the same events. */
function casesReady(id: string): readonly Ready[] {
  const known = ready.get(id);
  if (known !== undefined) return known;
  const golden = goldenOf(id);
  const detection = DETECTIONS.find((one) => one.id === id);
  if (detection === undefined) throw new Error(`No detection is called ${id}.`);
  const made = casesOf(id).map((one) => ({
    ...prepareCase(one),
    one,
    expected: expectedOf(detection, one, golden),
  }));
  ready.set(id, made);
  return made;
}

/** The first case that does not give what it must; undefined where nothing is noticed. */
export function failingCase(detections: readonly Detection[], modules: Modules): string | undefined {
  for (const detection of detections) {
    const detect = modules.createDetect([detection]);
    for (const { one, bundle, looked, expected } of casesReady(detection.id)) {
      const found = looked.flatMap((each) =>
        detect(
          modules.declaredFacts === undefined
            ? each
            : { ...each, declared: factsOf(modules.declaredFacts, bundle) },
        ),
      );
      if (!isDeepStrictEqual(judged(found), expected)) return `${detection.id}/${one.name}`;
    }
  }
  return undefined;
}

const factsOf = (make: typeof declaredFacts, bundle: PreparedCase['bundle']) =>
  make({
    digest: bundle.digest,
    declared: bundle.config,
    agents: bundle.config.agents,
    environmentOf: bundle.environmentOf,
    meshProjects: bundle.meshProjects,
  });
