import { expect, test } from 'vitest';
import type { ColumnArray } from './column-array.js';
import { ColumnRefusal } from './column-refusal.js';
import { appendText } from './text-codec.js';

/** What would be sent, or undefined when it is refused. */
function sent(type: string, value: unknown): string | undefined {
  let text: string | undefined;
  const array = {
    text(each: string) {
      text = each;
    },
  } as unknown as ColumnArray;
  const column = { type: ['pg_catalog', type] } as unknown as Parameters<typeof appendText>[0];
  try {
    appendText(column)(array, value);
  } catch (error) {
    if (error instanceof ColumnRefusal) return undefined;
    throw error;
  }
  return text;
}

/** Found out by the server, it would be too late: the epoch is in the checkpoint and could never be written. */
test.each<[string, readonly unknown[]]>([
  ['int8', ['x', true, '1.5', '', '9223372036854775808']],
  ['int2', ['40000', '-32769']],
  ['numeric', ['x', '', '1,5']],
  ['float8', ['x']],
  ['bool', ['maybe', 2]],
  ['json', ['x', '{']],
  ['jsonb', ['str', '{"a":"\\u0000"}', { a: 'x\ud800' }, { a: 'b\u0000' }, { b: 1n }]],
])('%s refuses what the server would', (type, values) => {
  for (const value of values) expect(sent(type, value), String(type)).toBeUndefined();
});

test.each<[string, readonly unknown[]]>([
  ['int8', ['5', ' -5 ', '+7', '-9223372036854775808', '9223372036854775807']],
  ['numeric', ['1.5e3', '.5', 'NaN', '-Infinity', '12345678901234567890.5']],
  ['bool', ['yes', 'off', 1, 0]],
  ['json', ['{"a":"\\u0000"}', '5', { a: [1] }]],
  ['jsonb', ['"str"', '5', 5, [1], { a: '\\u0000' }, '"\\ud83d\\ude00"', { a: '\u{1f600}' }]],
])('%s takes what the server takes', (type, values) => {
  for (const value of values) expect(sent(type, value), String(value)).toBeDefined();
});
