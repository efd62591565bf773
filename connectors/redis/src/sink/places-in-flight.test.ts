import { expect, test } from 'vitest';
import { PlacesInFlight } from './places-in-flight.js';

function writes() {
  const places = new PlacesInFlight();
  const begun: string[] = [];
  const ends = new Map<string, End>();
  const take = (...names: string[]) => {
    const name = names.join('');
    const done = places.take(new Map(names.map((place) => [place, 0])), () => {
      begun.push(name);
      return new Promise<void>((resolve, reject) => ends.set(name, { resolve, reject }));
    });
    done.catch(() => {});
    return done;
  };
  return { begun, ends, take };
}

interface End {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('batches without a place in common are written at the same time', () => {
  const { begun, take } = writes();
  void take('a', 'b');
  void take('c', 'd');
  expect(begun).toEqual(['ab', 'cd']);
});

test('a batch waits for each earlier one that has one of its places, be that one waiting itself', async () => {
  const { begun, ends, take } = writes();
  void take('a', 'b');
  void take('b', 'c');
  void take('c', 'd');
  void take('e');
  expect(begun).toEqual(['ab', 'e']);
  ends.get('ab')?.resolve();
  await settled();
  expect(begun).toEqual(['ab', 'e', 'bc']);
  ends.get('bc')?.resolve();
  await settled();
  expect(begun).toEqual(['ab', 'e', 'bc', 'cd']);
});

test('what waited for a batch that fails is not written', async () => {
  const { begun, ends, take } = writes();
  void take('a');
  const waiting = take('a', 'b');
  const failure = new Error('fenced');
  ends.get('a')?.reject(failure);
  await expect(waiting).rejects.toBe(failure);
  expect(begun).toEqual(['a']);
});
