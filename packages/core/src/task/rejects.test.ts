import { describe, expect, it } from 'vitest';
import { Rejects } from './rejects.js';

describe('what a sink rejects', () => {
  it.each(['before a barrier', 'while it is flushed'])(
    'and nobody takes, %s, keeps that checkpoint from being complete: it would leave it out',
    async (when) => {
      const failures: unknown[] = [];
      const rejects = new Rejects({ emit: undefined, fail: (cause) => failures.push(cause) }, []);
      const cause = new Error('no');
      let flushed = (): void => {};
      if (when === 'before a barrier') rejects.reject(1, cause);
      const late = rejects.during(
        new Promise<void>((resolve) => {
          flushed = resolve;
        }),
      );
      if (when !== 'before a barrier') rejects.reject(1, cause);
      flushed();
      await expect(late).rejects.toBe(cause);
      expect(failures).toEqual([cause]);
    },
  );

  it('and somebody takes is in the checkpoint that was flushed meanwhile, and emitted once', async () => {
    const emitted: unknown[] = [];
    const rejects = new Rejects({ emit: (rejected) => emitted.push(rejected), fail: () => {} }, []);
    rejects.start({ wake: (drain) => drain() });
    const late = rejects.during(Promise.resolve());
    rejects.reject(1, 'no');
    expect(await late).toEqual([{ value: 1, cause: 'no' }]);
    expect(emitted).toEqual([{ value: 1, cause: 'no' }]);
  });
});
