import { describe, expect, it } from 'vitest';
import { BACKFILL_DIGEST } from '../../shared/alerts/backfill-digest.ts';
import { UNDELIVERED } from '../../shared/alerts/undelivered.ts';
import { CATALOGUE } from '../../shared/corroboration/catalogue.ts';
import { RULES } from '../../shared/corroboration/rules/index.ts';
import { DETECTIONS } from '../../shared/detections/index.ts';
import { readPage, section, tableRows } from './page.ts';

const page = readPage('detections.md');
const ids = [...DETECTIONS, ...CATALOGUE].map(({ id }) => id);

describe('docs/detections.md', () => {
  it('has the anchor of every rule that an alert may link to', () => {
    const headings = Array.from(page.matchAll(/^## (.+)$/gm), ([, heading = '']) => heading);
    expect(headings.toSorted()).toEqual([...ids, UNDELIVERED, BACKFILL_DIGEST].toSorted());
  });

  it('lists every rule with what it looks at', () => {
    const rows = tableRows(page.slice(0, page.indexOf('<!-- /generated -->')));
    expect(rows.map(([link = '']) => link).toSorted()).toEqual(ids.map((id) => `[${id}](#${id})`).toSorted());
    const looksAt = Map.groupBy(rows, ([, , , looks = '']) => looks);
    expect([...looksAt.keys()].toSorted()).toEqual([
      'Jobtrail itself',
      'one entry',
      'paths',
      'several records',
    ]);
    expect(looksAt.get('one entry')).toHaveLength(DETECTIONS.length);
  });

  it('says of detections whether other records are asked, and which', () => {
    const again = DETECTIONS.filter(({ id }) => section(page, id).includes('- Judged again, with '));
    const rules = new Set(RULES.map(({ id }) => id));
    expect(again.map(({ id }) => id)).toEqual(
      DETECTIONS.filter(({ id }) => rules.has(id)).map(({ id }) => id),
    );
  });

  it('says what must be there, where a rule says so', () => {
    const wanted = CATALOGUE.flatMap(({ id, expects, partners = [] }) => [
      ...(expects === undefined ? [] : [[id, `- Must be there: ${expects}`]]),
      ...(partners.length === 0 ? [] : [[id, `never recorded: ${partners.join(', ')}.`]]),
    ]);
    for (const [id = '', text = ''] of wanted) expect(section(page, id)).toContain(text);
  });
});
