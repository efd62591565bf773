import { CommanderError } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ALL_BARS } from './bars.js';
import { parseCommandLine } from './command-line.js';

describe('the command line of the benchmarks', () => {
  let said = '';
  beforeEach(() => {
    said = '';
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      said += text;
      return true;
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('means all bars with seven runs when it is empty', () => {
    expect(parseCommandLine([])).toEqual({
      bars: ALL_BARS,
      runs: 7,
      json: false,
      quick: false,
      profile: false,
      all: true,
    });
  });

  it('takes one bar, or a group of them', () => {
    expect(parseCommandLine(['--bar', 'pause', '--runs', '3', '--json', '--profile'])).toEqual({
      bars: ['pause'],
      runs: 3,
      json: true,
      quick: false,
      profile: true,
      all: false,
    });
    expect(parseCommandLine(['--bar', 'q17']).bars).toEqual(['q17-loop', 'q17-rxjs', 'q17-after30']);
    expect(parseCommandLine(['--bar', 'flink']).bars).toContain('q17-flink-cpu');
  });

  it('means one run when it shall be quick, unless told', () => {
    expect(parseCommandLine(['--quick'])).toMatchObject({ quick: true, runs: 1, all: true });
    expect(parseCommandLine(['--quick', '--runs', '2'])).toMatchObject({ quick: true, runs: 2 });
  });

  it.each([
    [['--bar', 'q99'], 'q17-loop'],
    [['--bar', '__proto__'], 'q17-loop'],
    [['--bar'], 'argument missing'],
    [['--runs', '0'], 'whole number from 1 to 1000'],
    [['--runs', '1.5'], 'whole number'],
    [['--runs', '-1'], 'whole number'],
    [['--runs', '1e2'], 'whole number'],
    [['--runs', ''], 'whole number'],
    [['--bars', 'q1'], 'unknown option'],
    [['q1'], 'too many arguments'],
  ])('refuses %j with exit code 2 and says why', (args, why) => {
    expect(() => parseCommandLine(args)).toThrow(expect.objectContaining({ exitCode: 2 }) as unknown as CommanderError);
    expect(said).toContain(why);
  });

  it('explains itself', () => {
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    expect(() => parseCommandLine(['--help'])).toThrow(CommanderError);
  });
});
