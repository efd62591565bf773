import type { EntryCodec } from '../state/entry-codec.js';
import { KeyedStore } from '../state/keyed-store.js';
import { TimedTable, untimedEntries } from '../state/timed-table.js';
import { Expiry, type Ttl } from '../state/ttl.js';
import { NO_TURN, type Turn } from '../state/turn.js';
import type { StreamObserver } from '../stream/element.js';
import type { OperatorContext } from '../stream/operator.js';
import { specialise } from '../stream/specialise.js';
import { KeyedControl, keyedInput } from './keyed-operator.js';
import { type RollingStep, rollingNext, rollingNextWithTtl } from './rolling-next.js';

/** What a rolling operator keeps for each key, and does with each element. */
export interface Rolling<S extends object> {
  readonly codec: EntryCodec<S>;
  readonly create: () => S;
  /** Takes the value up into the state, in place, and answers what is emitted. */
  readonly step: RollingStep<S>;
}

/** An operator that keeps one object for each key and emits one result for each element. */
export function createRolling<S extends object>(
  context: OperatorContext,
  out: StreamObserver<unknown>,
  { codec, create, step }: Rolling<S>,
  ttl: Ttl | undefined,
): StreamObserver<unknown> {
  const { uid, maxParallelism, clock, inputKey, outputKey } = context;
  const store = new KeyedStore({ uid, maxParallelism });
  const control = new KeyedControl(context, [out]);
  const rekey = outputKey === inputKey ? undefined : outputKey;
  let next: StreamObserver<unknown>['next'];
  if (ttl === undefined) {
    const table = store.entries('rolling', untimedEntries(codec));
    next = specialise(rollingNext<S>)(inputKey, rekey, store.keys, table, create, step, out.next);
  } else {
    const turn: Turn = {
      id: NO_TURN,
      timestamp: Number.NaN,
      get watermark() {
        return control.kept();
      },
      clock,
    };
    const table = new TimedTable(store, 'rolling', codec, new Expiry(ttl, turn, uid));
    next = specialise(rollingNextWithTtl<S>)(inputKey, rekey, store.keys, turn, table, create, step, out.next);
  }
  if (context.restored !== undefined) control.restore(store.restore(context.restored)).end();
  control.start({ fireEvent: () => false, capture: (header) => store.capture(header) });
  return keyedInput(control, next);
}
