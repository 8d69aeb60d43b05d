/** What ingest puts on the queue of open work, held against the rules that are asked about it. */
import { expect, it } from 'vitest';
import { RULES } from '../../shared/corroboration/rules/index.ts';
import { ASKED } from '../../shared/corroboration/trace-rows.ts';
import { ACTIONS } from '../../shared/model/event.ts';

it('sightings that a rule is asked about, and no others', () => {
  expect([...ASKED].toSorted()).toEqual(
    [...new Set(RULES.flatMap(({ onSightings = [] }) => onSightings))].toSorted(),
  );
});

it('events of every action', () => {
  const looked = new Set(RULES.flatMap(({ on }) => on));
  expect(ACTIONS.filter((action) => !looked.has(action))).toEqual([]);
});
