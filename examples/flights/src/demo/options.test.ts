import { expect, it } from 'vitest';
import { parseOptions } from './options.js';

it('reads the command line', () => {
  expect(parseOptions([])).toEqual({ keep: false, resume: false, json: false });
  expect(parseOptions(['--events', '1000', '--kills', '0', '--seed', '7', '--keep', '--resume', '--json'])).toEqual({
    events: 1000,
    kills: 0,
    seed: 7,
    keep: true,
    resume: true,
    json: true,
  });
});
