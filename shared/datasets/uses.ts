/** A set of dataset uses in which the stronger statement about a dataset replaces the weaker. */
import type { DatasetId } from '../model/dataset.ts';
import { STRENGTHS, type DatasetUse } from '../model/event.ts';

interface Known {
  read?: DatasetUse;
  write?: DatasetUse;
  use?: DatasetUse;
}

export class UseSet {
  readonly #known = new Map<DatasetId, Known>();

  add(use: DatasetUse): void {
    let known = this.#known.get(use.dataset);
    if (known === undefined) this.#known.set(use.dataset, (known = {}));
    const before = known[use.op];
    if (before === undefined || isStronger(use, before)) known[use.op] = use;
  }

  addAll(uses: Iterable<DatasetUse>): void {
    for (const use of uses) this.add(use);
  }

  /** In the order of first mention; `use` is left out where a direction is known. */
  list(): readonly DatasetUse[] {
    const all: DatasetUse[] = [];
    for (const { read, write, use } of this.#known.values()) {
      if (read !== undefined) all.push(read);
      if (write !== undefined) all.push(write);
      if (use !== undefined && read === undefined && write === undefined) all.push(use);
    }
    return all;
  }
}

const isStronger = (a: DatasetUse, b: DatasetUse): boolean =>
  STRENGTHS.indexOf(a.strength) < STRENGTHS.indexOf(b.strength);
