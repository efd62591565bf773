import pg from 'pg';

export type Query = (this: pg.Client, text: string, values?: unknown[]) => Promise<unknown>;

/**
 * Does something just before a statement that matches is sent; the statement is sent all the same. The first one only, or the first and
 * then `every` so many.
 */
export async function whenQueried<R>(
  pattern: RegExp,
  before: (client: pg.Client, original: Query, text: string) => Promise<unknown>,
  action: () => Promise<R>,
  { every = Number.POSITIVE_INFINITY }: { readonly every?: number } = {},
): Promise<R> {
  const original = pg.Client.prototype.query as unknown as Query;
  let matches = 0;
  const wrapped: Query = async function (text, values) {
    if (pattern.test(text) && matches++ % every === 0) await before(this, original, text);
    return original.call(this, text, values);
  };
  pg.Client.prototype.query = wrapped as never;
  try {
    return await action();
  } finally {
    pg.Client.prototype.query = original as never;
  }
}

/** How many statements of an action match. */
export async function countingStatements<R>(
  pattern: RegExp,
  action: () => Promise<R>,
): Promise<{ readonly result: R; readonly count: number }> {
  const original = pg.Client.prototype.query;
  let count = 0;
  pg.Client.prototype.query = function (this: pg.Client, ...args: never[]) {
    const [first] = args as unknown[];
    const text = typeof first === 'string' ? first : (first as { readonly text?: string }).text;
    if (text !== undefined && pattern.test(text)) count++;
    return original.apply(this, args as never);
  } as never;
  try {
    return { result: await action(), count };
  } finally {
    pg.Client.prototype.query = original;
  }
}
