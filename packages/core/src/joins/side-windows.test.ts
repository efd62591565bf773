import { describe, expect, it } from 'vitest';
import { LEFT, NONE, RIGHT, SideWindows } from './side-windows.js';

describe('SideWindows', () => {
  it('keep the elements of each side in order of arrival', () => {
    const windows = new SideWindows();
    const older = windows.open(0, NONE);
    const newer = windows.open(10, older);
    for (let at = 0; at < 200; at++) windows.add(at % 3 === 0 ? older : newer, at % 2 === 0 ? LEFT : RIGHT, at);
    const expected = (thirds: boolean, even: boolean): number[] =>
      Array.from({ length: 200 }, (_, at) => at).filter((at) => (at % 3 === 0) === thirds && (at % 2 === 0) === even);
    expect(windows.elements(older, LEFT)).toEqual(expected(true, true));
    expect(windows.elements(older, RIGHT)).toEqual(expected(true, false));
    expect(windows.elements(newer, LEFT)).toEqual(expected(false, true));
    expect(windows.elements(newer, RIGHT)).toEqual(expected(false, false));
    expect([windows.starts[newer], windows.older[newer]]).toEqual([10, older]);
  });

  it('know which side has none', () => {
    const windows = new SideWindows();
    const window = windows.open(0, NONE);
    windows.add(window, RIGHT, 'a');
    expect([windows.has(window, LEFT), windows.has(window, RIGHT)]).toEqual([false, true]);
    expect(windows.elements(window, LEFT)).toBeUndefined();
  });

  it('use the numbers and the rows of closed windows again', () => {
    const windows = new SideWindows();
    for (let round = 0; round < 1_000; round++) {
      const one = windows.open(round, NONE);
      const other = windows.open(round, NONE);
      for (const value of ['a', 'b', 'c']) {
        windows.add(one, LEFT, value);
        windows.add(other, RIGHT, value);
      }
      expect(windows.elements(one, RIGHT)).toBeUndefined();
      expect(windows.elements(other, RIGHT)).toEqual(['a', 'b', 'c']);
      windows.close(one);
      windows.keepOnly(new Set());
    }
    expect(windows.starts.length).toBe(64);
  });
});
