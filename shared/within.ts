/** A bound in time for what has none of its own. */

/**
 * What was begun goes on; its end is awaited no longer.
 * @param late the error that is thrown after `ms` milliseconds
 */
export async function within<T>(ms: number, work: Promise<T>, late: () => Error): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(late()), ms);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
