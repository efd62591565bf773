import type { StreamObserver } from './element.js';
import { MultiInput } from './multi-input.js';

/** The inputs of several streams that become one: elements go on as they come, everything else is joined. */
export function createUnion(count: number, out: StreamObserver<unknown>, component: string): StreamObserver<unknown>[] {
  const inputs = new MultiInput(count, out, component);
  return Array.from({ length: count }, (_, place) => ({ next: out.next, ...inputs.input(place) }));
}
