/**
 * Merkle Tree Hash of RFC 6962, section 2.1: a leaf is SHA-256(0x00 || data), a node SHA-256(0x01 || left || right),
 * the tree of n > 1 leaves splits at the largest power of two below n, the empty tree is SHA-256 of nothing.
 *
 * Hashes travel as binary strings inside: one-shot hashing to a string costs a third of hashing to a buffer.
 */
import { hash } from 'node:crypto';

const HASH_BYTES = 32;
const LEAF = Uint8Array.of(0);
const EMPTY = hash('sha256', '', 'binary');

function leafHash(data: Uint8Array): string {
  return hash('sha256', Buffer.concat([LEAF, data]), 'binary');
}

/** Root over leaf data in the order given; time and memory are linear in the number of leaves. */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  const node = Buffer.alloc(1 + 2 * HASH_BYTES, 1);
  // Pairing neighbours level by level, an odd last one carried up, is the same tree as the RFC's recursive split.
  let level = leaves.map(leafHash);
  while (level.length > 1) {
    const next: string[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const left = level[i] ?? EMPTY;
      const right = level[i + 1];
      if (right === undefined) {
        next.push(left);
        continue;
      }
      node.write(left, 1, 'binary');
      node.write(right, 1 + HASH_BYTES, 'binary');
      next.push(hash('sha256', node, 'binary'));
    }
    level = next;
  }
  return Buffer.from(level[0] ?? EMPTY, 'binary');
}
