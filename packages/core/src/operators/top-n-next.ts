import type { KeyIndex } from '../state/key-index.js';
import type { Turn } from '../state/turn.js';
import type { Values } from '../state/values.js';
import type { StreamObserver } from '../stream/element.js';
import type { KeyRegister } from '../stream/operator.js';

/** The greatest values of a key, the greatest first, with their scores. */
export interface Ranking {
  /** Has been emitted, so it is replaced and never changed. */
  values: readonly unknown[];
  readonly scores: number[];
}

type Next = StreamObserver<unknown>['next'];

/** Closed. Most values are below the last of their ranking: they cost a look-up and a comparison. */
export function rankNext(
  register: KeyRegister,
  keys: KeyIndex,
  turn: Turn,
  table: Values<Ranking>,
  n: number,
  select: (value: unknown) => number,
  create: () => Ranking,
  notANumber: (score: unknown) => Error,
  emit: Next,
): Next {
  return (value, timestamp) => {
    const score = select(value);
    if (typeof score !== 'number') throw notANumber(score);
    if (Number.isNaN(score)) return;
    const id = keys.idOf(register.key);
    turn.id = id;
    turn.timestamp = timestamp;
    let ranking = table.get(id);
    if (ranking !== undefined) {
      const { scores } = ranking;
      if (scores.length === n && score <= (scores[n - 1] as number)) {
        turn.id = -1;
        return;
      }
    }
    ranking = table.getForUpdate(id);
    if (ranking === undefined) {
      ranking = create();
      table.set(id, ranking);
    }
    const { scores } = ranking;
    const values = ranking.values.slice();
    let at = scores.length;
    if (at < n) {
      scores.push(score);
      values.push(value);
    } else {
      at = n - 1;
    }
    while (at > 0 && score > (scores[at - 1] as number)) {
      scores[at] = scores[at - 1] as number;
      values[at] = values[at - 1];
      at--;
    }
    scores[at] = score;
    values[at] = value;
    ranking.values = values;
    turn.id = -1;
    emit(values, timestamp);
  };
}
