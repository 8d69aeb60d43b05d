/** Buckets of event time, as sightings have them: they sort by time. */

export const dayOf = (time: string): string => time.slice(0, 10);
/** `2026-11-18T10:2` for 10:20 to 10:30. */
export const tenMinutesOf = (time: string): string => time.slice(0, 15);
