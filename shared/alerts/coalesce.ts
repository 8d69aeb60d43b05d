/** Calls that come while one is under way share the next one: what each of them asks for is in it. */
export function coalesce<A, R>(run: (all: readonly A[]) => Promise<R>): (one: A) => Promise<R> {
  let waiting: { readonly items: A[]; readonly result: Promise<R> } | undefined;
  let last: Promise<unknown> = Promise.resolve();
  return (one) => {
    if (waiting !== undefined) {
      waiting.items.push(one);
      return waiting.result;
    }
    const items = [one];
    const result = last.then(() => {
      waiting = undefined;
      return run(items);
    });
    waiting = { items, result };
    last = result.catch(() => undefined);
    return result;
  };
}
