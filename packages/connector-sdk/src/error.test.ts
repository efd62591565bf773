import { expect, expectTypeOf, test, vi } from 'vitest';
import { SluiceError } from './error.js';

const details = {
  code: 'SLUICE_ACME_TABLE',
  component: 'acmeSink',
  expected: 'a table',
  actual: 'none',
  remedy: 'set `table`',
} as const;

test('the message says who, what and what to do', () => {
  const error = new SluiceError(details);
  expect(String(error)).toBe(
    'SluiceError: acmeSink: expected a table, got none. Remedy: set `table` [SLUICE_ACME_TABLE]',
  );
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject(details);
  expect(error.stack).toContain('error.test');
});

test('the cause is the very one, and absent when none is given', () => {
  const cause = new Error('why');
  expect(new SluiceError({ ...details, cause }).cause).toBe(cause);
  expect(Object.hasOwn(new SluiceError(details), 'cause')).toBe(false);
});

test('is recognised across copies of the package', async () => {
  vi.resetModules();
  const { SluiceError: Other } = await import('./error.js');
  expect(Other).not.toBe(SluiceError);
  const error: unknown = new Other(details);
  expect(error instanceof SluiceError).toBe(false);
  expect(SluiceError.isInstance(error)).toBe(true);
  if (SluiceError.isInstance(error)) expectTypeOf(error.code).toEqualTypeOf<`SLUICE_${string}`>();
});

test.each([undefined, null, 'SluiceError', new Error('no'), { ...details }, {}])('%s is none', (other) => {
  expect(SluiceError.isInstance(other)).toBe(false);
});

test('goes into JSON with the chain of causes and nothing that drivers hang on them', () => {
  const driver = Object.assign(new Error('duplicate key'), { code: '23505', detail: 'Key (email)=(a@b.c) exists' });
  const json = JSON.stringify(
    new SluiceError({ ...details, cause: new SluiceError({ ...details, code: 'SLUICE_X', cause: driver }) }),
  );
  expect(JSON.parse(json)).toMatchObject({
    name: 'SluiceError',
    ...details,
    causes: [{ code: 'SLUICE_X' }, { name: 'Error', message: 'duplicate key', code: '23505' }],
  });
  expect(json).not.toContain('a@b.c');
});

test('goes into JSON whatever the cause is', () => {
  const cyclic = new Error('cyclic');
  cyclic.cause = cyclic;
  for (const cause of [cyclic, { secret: 'hidden' }, null, 10n, Symbol('s'), () => {}]) {
    const json = JSON.stringify(new SluiceError({ ...details, cause }));
    expect(JSON.parse(json)).toMatchObject({ code: 'SLUICE_ACME_TABLE' });
    expect(json).not.toContain('hidden');
  }
});

test('its own fields are the details alone', () => {
  expect(Object.keys(new SluiceError(details)).sort()).toEqual([
    'actual',
    'code',
    'component',
    'expected',
    'permanent',
    'remedy',
    'transient',
  ]);
});
