import { describe, expect, it } from 'vitest';
import { type OptionChecks, optionChecks, shownOption } from './option-checks.js';

const options: OptionChecks = optionChecks('SLUICE_ACME_OPTIONS');

describe('optionChecks', () => {
  it('tells the code, who speaks, the option, what it has to be, what it is, and what to do', () => {
    const given: unknown = 5;
    expect(() => options.require('acmeSink', given === 6, 'table', 'a name', shownOption(given))).toThrow(
      expect.objectContaining({
        code: 'SLUICE_ACME_OPTIONS',
        component: 'acmeSink',
        expected: '`table`: a name',
        actual: '5',
        remedy: 'correct `table`',
      }),
    );
    expect(options.refusal('acmeSink', 'table', 'a name', 'none')).toMatchObject({ expected: '`table`: a name' });
  });

  it('narrows what it requires', () => {
    const given: unknown = 'rows';
    options.require('acmeSink', typeof given === 'string', 'table', 'a name', shownOption(given));
    expect(given.length).toBe(4);
  });

  it.each([
    [250, 1, 250],
    ['1.5s', 1, 1500],
    ['0.4ms', 0, 0],
    [0, 0, 0],
  ] as const)('answers whole milliseconds of %j', (value, least, ms) => {
    expect(options.duration('acmeSink', 'timeout', value, least)).toBe(ms);
  });

  it.each([0.4, '-1s', '5 sec', Number.NaN, Infinity, null, {}])(
    'refuses %j as a duration of at least 1 ms, by its own code',
    (value) => {
      expect(() => options.duration('acmeSink', 'timeout', value as never, 1)).toThrow(
        expect.objectContaining({ code: 'SLUICE_ACME_OPTIONS', expected: '`timeout`: a duration of at least 1 ms' }),
      );
    },
  );

  it('takes durations that a timer can wait, unless it is told otherwise', () => {
    expect(() => options.duration('acmeSink', 'timeout', '25d', 1)).toThrow('at most 2147483647 ms');
    expect(options.duration('acmeSink', 'expire', '25d', 1, Number.MAX_SAFE_INTEGER)).toBe(25 * 86_400_000);
  });

  it('takes whole numbers within both bounds alone', () => {
    expect([1, 3].map((value) => options.wholeNumber('acmeSink', 'count', value, 1, 3))).toEqual([1, 3]);
    for (const value of [0, 4, 1.5, Number.NaN, '2', undefined]) {
      expect(() => options.wholeNumber('acmeSink', 'count', value as never, 1, 3)).toThrow(
        expect.objectContaining({ expected: '`count`: a whole number from 1 to 3', actual: shownOption(value) }),
      );
    }
  });

  it('takes the policies for poison alone', () => {
    const side = { '~accepts': (_value: unknown) => {} };
    expect(['fail', 'skip', side].map((policy) => options.poison('acmeSource', policy as never))).toEqual([
      'fail',
      'skip',
      side,
    ]);
    for (const policy of ['ignore', null, undefined]) {
      expect(() => options.poison('acmeSource', policy as never)).toThrow("`poison`: 'fail', 'skip' or a side output");
    }
  });

  it('takes true and false, functions and objects alone', () => {
    const retry = { attempts: 3 };
    expect(options.object('acmeSink', 'retry', retry)).toBe(retry);
    for (const value of [null, undefined, 5]) {
      expect(() => options.object('acmeSink', 'retry', value)).toThrow('an object');
    }
    expect(options.trueOrFalse('acmeSink', 'upsert', false)).toBe(false);
    expect(() => options.trueOrFalse('acmeSink', 'upsert', 'no' as never)).toThrow('`upsert`');
    const key = () => 'key';
    expect(options.callback('acmeSink', 'key', key)).toBe(key);
    expect(() => options.callback('acmeSink', 'key', undefined)).toThrow('nothing');
  });
});

describe('shownOption', () => {
  it.each([
    [undefined, 'nothing'],
    [null, 'null'],
    ['text', '"text"'],
    [1n, '1'],
    [Number.NaN, 'NaN'],
    [true, 'true'],
    [[1, 2], 'a list of 2'],
    [{ password: 'secret' }, 'an object'],
    [() => 'secret', 'a function'],
    [Symbol('secret'), 'a symbol'],
  ])('of %s', (value, shown) => expect(shownOption(value)).toBe(shown));

  it('is short', () => expect(shownOption('x'.repeat(1_000)).length).toBe(80));
});
