import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ActionQueue } from './action-queue.js';

it('gives actions in the order in which they came, however they are mixed', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean()), (adds) => {
      const queue = new ActionQueue();
      const taken: number[] = [];
      let added = 0;
      for (const add of adds) {
        if (add) {
          const number = added++;
          queue.add(() => taken.push(number));
        } else queue.take()();
        expect(queue.length).toBe(added - taken.length);
      }
      while (queue.length > 0) queue.take()();
      expect(taken).toEqual(Array.from({ length: added }, (_, index) => index));
    }),
  );
});
