import { describe, expect, it } from 'vitest';
import { VirtualClock } from './virtual-clock.js';

describe('VirtualClock', () => {
  it('stands where it is told to and moves only by call', async () => {
    const clock = new VirtualClock(1000);
    await clock.advance('2s');
    expect(clock.now()).toBe(3000);
    expect(new VirtualClock().now()).toBe(0);
  });

  it('fires timers in order, those of one time in the order in which they were set', async () => {
    const clock = new VirtualClock();
    const fired: string[] = [];
    for (const [name, at] of [
      ['late', 30],
      ['first', 10],
      ['second', 10],
      ['never', 41],
      ['zero', 0],
    ] as const) {
      void clock.sleep(at).then(() => fired.push(`${name} ${clock.now()}`));
    }
    await clock.advance(40);
    expect(fired).toEqual(['zero 0', 'first 10', 'second 10', 'late 30']);
    expect(clock.now()).toBe(40);
    expect(clock.next).toBe(41);
  });

  it('fires what is set meanwhile, after the promises behind a timer have gone on', async () => {
    const clock = new VirtualClock();
    const times: number[] = [];
    const loop = async () => {
      for (let round = 0; round < 5; round++) {
        await clock.sleep(10);
        await Promise.resolve();
        times.push(clock.now());
      }
    };
    void loop();
    await clock.advance(35);
    expect(times).toEqual([10, 20, 30]);
    await clock.advance(1000);
    expect(times).toEqual([10, 20, 30, 40, 50]);
    expect(clock.next).toBe(Number.POSITIVE_INFINITY);
  });

  it('wakes who aborts and frees the timer', async () => {
    const clock = new VirtualClock();
    const controller = new AbortController();
    const slept = clock.sleep('1h', controller.signal);
    controller.abort(new Error('enough'));
    await expect(slept).rejects.toThrow('enough');
    expect(clock.next).toBe(Number.POSITIVE_INFINITY);
    await expect(clock.sleep(1, AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
    expect(clock.fireNext()).toBe(false);
  });

  it('takes a past time for now and never goes back', async () => {
    const clock = new VirtualClock(50);
    let woken = false;
    void clock.sleep(-10).then(() => {
      woken = true;
    });
    await clock.advance(0);
    expect(woken).toBe(true);
    clock.goTo(10);
    expect(clock.now()).toBe(50);
  });
});
