import pg from 'pg';

export type Query = (this: pg.Client, text: string, values?: unknown[]) => Promise<unknown>;

/** Does something just before the first statement that matches is sent; the statement is sent all the same. */
export async function whenQueried<R>(
  pattern: RegExp,
  before: (client: pg.Client, original: Query, text: string) => Promise<unknown>,
  action: () => Promise<R>,
): Promise<R> {
  const original = pg.Client.prototype.query as unknown as Query;
  let done = false;
  const wrapped: Query = async function (text, values) {
    if (!done && pattern.test(text)) {
      done = true;
      await before(this, original, text);
    }
    return original.call(this, text, values);
  };
  pg.Client.prototype.query = wrapped as never;
  try {
    return await action();
  } finally {
    pg.Client.prototype.query = original as never;
  }
}
