import { violated } from './violation.js';

/** The value, or a violation when it takes longer: a connector that waits for ever must not hold up its proof. */
export async function within<R>(limit: number, what: string, work: Promise<R> | R): Promise<R> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      try {
        violated(`${what} did not end within ${limit} ms`);
      } catch (violation) {
        reject(violation);
      }
    }, limit);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Looks until the answer is yes, at most so long; answers whether it became so. */
export async function eventually(limit: number, isSo: () => Promise<boolean> | boolean): Promise<boolean> {
  for (const end = Date.now() + limit; ; ) {
    if (await isSo()) return true;
    if (Date.now() >= end) return false;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
