/**
 * Rules wait until an instant that has the grace for late records in it; a watermark is the event time up to which every record
 * is here, the same grace already taken off. The two meet here.
 */
import { later } from '../alerts/times.ts';
import type { WatermarkOf } from '../corroboration/verdict.ts';
import type { DeclaredFacts } from '../detections/declared-facts.ts';

export function withGrace(watermarkOf: WatermarkOf, { corroboration }: DeclaredFacts): WatermarkOf {
  return (path) => {
    const watermark = watermarkOf(path);
    return watermark === undefined ? undefined : later(watermark, corroboration.lateness(path));
  };
}
