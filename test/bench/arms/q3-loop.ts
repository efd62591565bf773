import type { ArmResult } from '../arm.js';
import type { Person } from '../nexmark/events.js';
import { eventStream } from './event-stream.js';
import { CATEGORY, hashOfSeller, STATES } from './q3-data.js';
import { windowsConsumer } from './windows-consumer.js';

/** q3 by hand: the people of the states, and the auctions that wait for theirs. */
export async function q3InLoop(): Promise<ArmResult> {
  const batches = eventStream();
  const { consume, begins, completed, result } = windowsConsumer(hashOfSeller);
  const people = new Map<number, Person>();
  const waiting = new Map<number, number[]>();
  const emit = ({ name, city, state }: Person, auction: number): void => consume({ name, city, state, auction });
  for (const [at, events] of batches.entries()) {
    begins(at);
    for (const { person, auction } of events) {
      if (auction !== undefined) {
        const { id, category, seller } = auction;
        if (category !== CATEGORY) continue;
        const known = people.get(seller);
        const others = waiting.get(seller);
        if (known !== undefined) emit(known, id);
        else if (others !== undefined) others.push(id);
        else waiting.set(seller, [id]);
      } else if (person !== undefined && STATES.includes(person.state)) {
        people.set(person.id, person);
        for (const id of waiting.get(person.id) ?? []) emit(person, id);
        waiting.delete(person.id);
      }
    }
  }
  completed();
  return result();
}
