import { callbackSink, createJob, fromSource, keyBy, listState, many, processWith, to, valueState } from '@sluice/core';
import { filter, map } from 'rxjs';
import type { ArmResult } from '../arm.js';
import type { Person } from '../nexmark/events.js';
import { batchSource } from './batch-source.js';
import { eventStream } from './event-stream.js';
import { CATEGORY, hashOfSeller, type LocalSeller, STATES } from './q3-data.js';
import { windowsConsumer } from './windows-consumer.js';

/** q3 as a user would write it. */
export async function q3InJob(): Promise<ArmResult> {
  const batches = eventStream();
  const { consume, begins, completed, result } = windowsConsumer(hashOfSeller);
  const events$ = fromSource(batchSource(batches, 1, begins));
  const people$ = events$.pipe(
    filter((event) => event.person !== undefined),
    map(({ person }) => person),
    filter(({ state }) => STATES.includes(state)),
    keyBy(({ id }) => id),
  );
  const flow = events$.pipe(
    filter((event) => event.auction !== undefined),
    map(({ auction }) => auction),
    filter(({ category }) => category === CATEGORY),
    keyBy(({ seller }) => seller),
    processWith(people$, {
      state: { seller: valueState<Person>(), waiting: listState<number>() },
      onLeft({ id }, { state }) {
        const seller = state.seller.get();
        if (seller !== undefined) return localSeller(seller, id);
        state.waiting.add(id);
        return;
      },
      onRight(person, { state }) {
        state.seller.set(person);
        const sellers = Array.from(state.waiting.get(), (auction) => localSeller(person, auction));
        state.waiting.clear();
        return many(sellers);
      },
    }),
    to(callbackSink(consume)),
  );
  await createJob('q3', flow).run();
  completed();
  return result();
}

function localSeller({ name, city, state }: Person, auction: number): LocalSeller {
  return { name, city, state, auction };
}
