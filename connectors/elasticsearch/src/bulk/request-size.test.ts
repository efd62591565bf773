import { expect, test } from 'vitest';
import { RequestSize } from './request-size.js';

test('what is too large bounds all requests from then on', () => {
  const size = new RequestSize(1_000);
  size.tooLarge(900);
  expect(size.bytes).toBe(450);
  for (let request = 0; request < 10; request++) size.taken();
  expect(size.bytes).toBe(450);
  // The refusal of a request that was larger than the bound says nothing new.
  size.tooLarge(2_000);
  expect(size.bytes).toBe(450);
});

test('an overload halves requests, which grow again as they are taken', () => {
  const size = new RequestSize(1_000);
  size.overloaded(1_000);
  size.overloaded(500);
  expect(size.bytes).toBe(250);
  size.taken();
  expect(size.bytes).toBe(500);
  size.taken();
  size.taken();
  expect(size.bytes).toBe(1_000);
});

test('a small request that overloads the server is what is halved', () => {
  const size = new RequestSize(1_000);
  size.overloaded(100);
  expect(size.bytes).toBe(50);
});

test('a request never comes to nothing', () => {
  const size = new RequestSize(2);
  for (let time = 0; time < 5; time++) size.overloaded(1);
  expect(size.bytes).toBe(1);
  size.tooLarge(1);
  expect(size.bytes).toBe(1);
});
