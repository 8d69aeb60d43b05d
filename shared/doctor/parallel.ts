/** Many questions, some at a time: APIs have quotas, and a terminal has somebody who waits. */

const AT_ONCE = 8;

/** Answers in the order of what was asked. */
export async function inParallel<T, R>(
  items: Iterable<T>,
  ask: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const all = [...items];
  const answers: R[] = [];
  const queue = all.entries();
  await Promise.all(
    Array.from({ length: Math.min(AT_ONCE, all.length) }, async () => {
      for (const [at, item] of queue) answers[at] = await ask(item);
    }),
  );
  return answers;
}
