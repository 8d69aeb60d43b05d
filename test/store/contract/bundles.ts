import { describe, expect, it } from 'vitest';
import type { BundleInForce } from '../../../shared/store/bundles.ts';
import { openerOf, rowsOf, type StoreUnderTest } from './support.ts';

const NOW = '2026-01-05T12:00:00.000000000Z';
const DIGEST = 'd'.repeat(64);
const OTHER = 'e'.repeat(64);

const force = (from: string, digest = DIGEST): BundleInForce => ({
  from,
  digest,
  commit: '4f0c1e2',
  reviewer: 'ben@example.com',
  pushedBy: 'ana@example.com',
  pushedAt: NOW,
});
const kept = (digest: string, texts = `texts of ${digest} — ü "`) => ({ digest, texts });

export function bundlesContract(subject: StoreUnderTest): void {
  const open = openerOf(subject);
  const NOON = '2026-01-05T12:05:00.000000000Z';
  const LATER = '2026-01-06T00:00:00.123456789Z';

  describe('bundles', () => {
    it('are there for every connection, with when each holds, oldest first', async () => {
      const store = await open();
      expect(await store.bundles.inForce()).toEqual([]);
      expect(await store.bundles.texts(DIGEST)).toBeUndefined();
      expect(await store.bundles.push(kept(OTHER), force(LATER, OTHER))).toBe('pushed');
      expect(await store.bundles.push(kept(DIGEST), force(NOON))).toBe('pushed');
      const second = await open('same');
      expect(await second.bundles.inForce()).toEqual([force(NOON), force(LATER, OTHER)]);
      expect(await second.bundles.texts(DIGEST)).toBe(kept(DIGEST).texts);
    });

    it('pushed again change nothing, and another from the same time is refused whole', async () => {
      const store = await open();
      await store.bundles.push(kept(DIGEST), force(NOON));
      const again = { ...force(NOON), pushedBy: 'eve@example.com', pushedAt: LATER };
      expect(await store.bundles.push(kept(DIGEST, 'other texts'), again)).toBe('unchanged');
      expect(await store.bundles.push(kept(OTHER), force(NOON, OTHER))).toBe('taken');
      expect(await store.bundles.inForce()).toEqual([force(NOON)]);
      expect(await store.bundles.texts(DIGEST)).toBe(kept(DIGEST).texts);
      expect(await store.bundles.texts(OTHER)).toBeUndefined();
    });

    it('may come back into force, with the texts they had', async () => {
      const store = await open();
      await store.bundles.push(kept(DIGEST), force(NOON));
      expect(await store.bundles.push(kept(DIGEST, 'other texts'), force(LATER))).toBe('pushed');
      expect(await store.bundles.inForce()).toEqual([force(NOON), force(LATER)]);
      expect(await store.bundles.texts(DIGEST)).toBe(kept(DIGEST).texts);
    });

    it('that are kept are in force from no time', async () => {
      const store = await open();
      await store.bundles.keep(kept(DIGEST), NOW);
      await store.bundles.keep(kept(DIGEST, 'other texts'), LATER);
      expect(await store.bundles.inForce()).toEqual([]);
      expect(await rowsOf(store, 'Bundles')).toEqual([
        { Digest: DIGEST, Texts: kept(DIGEST).texts, StoredAt: NOW },
      ]);
    });
  });
}
