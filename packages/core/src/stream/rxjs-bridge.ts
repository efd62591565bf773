/**
 * The only file that knows how RxJS works inside. Two things need it: a stock operator applied to a DataStream must give a DataStream
 * (`lift`), and inside a graph values must go through stock operators while everything else passes beside them.
 */
import { Observable, type Operator, Subscriber, Subscription } from 'rxjs';
import type { StreamObserver } from './element.js';
import { specialise } from './specialise.js';

/** A stock operator, as `lift` receives it. */
export type StockOperator = Operator<unknown, unknown>;

/** An Observable on which stock operators give what `lifted` makes. */
export abstract class LiftedObservable<T> extends Observable<T> {
  constructor() {
    super((subscriber) => this.start(subscriber));
  }

  /** Runs the stream for one plain subscriber. */
  protected abstract start(subscriber: Subscriber<T>): () => void;

  protected abstract lifted<R>(operator: Operator<T, R>): Observable<R>;

  /** Called by every stock operator. The result runs the operator in place when it is subscribed as a plain Observable. */
  override lift<R>(operator?: Operator<T, R>): Observable<R> {
    if (operator === undefined) return this as unknown as Observable<R>;
    const lifted = this.lifted(operator);
    lifted.source = this;
    lifted.operator = operator as Operator<unknown, R>;
    return lifted;
  }
}

/** What a stock segment reports to the task it runs in. */
export interface SegmentEvents {
  /** A user function or an operator below threw: recorded before any stock operator can swallow it. */
  failed(error: unknown): void;
  /** A stock operator emitted outside the call of its input; the last input had this timestamp. */
  emittedOutside(value: unknown, timestamp: number): void;
  /** The last operator has completed. */
  completed(): void;
  /** A stock operator subscribed to its source again (`repeat`, `retry`). */
  subscribedAgain(): void;
}

/** The observer at the end of a segment: gives each value the timestamp of the input being processed. */
class SegmentEnd extends Subscriber<unknown> {
  /** True while an input is on its way through the segment. */
  inside = false;
  timestamp = Number.NaN;
  /** Assigned once: a field that is defined first and assigned then is no constant to V8. */
  declare readonly next: (value: unknown) => void;

  constructor(
    emit: (value: unknown, timestamp: number) => void,
    private readonly events: SegmentEvents,
  ) {
    super();
    this.next = specialise(emitFrom)(this, emit, events);
  }

  override error(error: unknown): void {
    this.events.failed(error);
    this.unsubscribe();
  }

  override complete(): void {
    this.events.completed();
  }
}

/** A source whose subscriber's errors are seen before the subscriber itself, and so `catchError`, sees them. */
class WatchedSource extends Observable<unknown> {
  constructor(
    source: Observable<unknown>,
    private readonly failed: (error: unknown) => void,
  ) {
    super((subscriber) => source.subscribe(subscriber));
    this.inner = source;
  }

  private readonly inner: Observable<unknown>;

  override subscribe(observer?: unknown): Subscription {
    const subscriber = observer as Subscriber<unknown>;
    const { failed } = this;
    const forward = subscriber.error;
    subscriber.error = function (this: Subscriber<unknown>, error: unknown) {
      failed(error);
      forward.call(this, error);
    };
    return this.inner.subscribe(subscriber);
  }
}

/** A run of neighbouring stock operators inside a graph. */
export interface StockSegment {
  readonly next: (value: unknown, timestamp: number) => void;
  /** The input has ended: operators emit what they hold. */
  complete(): void;
  close(): void;
}

/** Connects stock operators between a graph's operators: one bridge for all of them. */
export function connectStockOperators(
  operators: readonly StockOperator[],
  out: StreamObserver<unknown>,
  events: SegmentEvents,
): StockSegment {
  const end = new SegmentEnd(out.next, events);
  let head: Subscriber<unknown> | undefined;
  let stream = new Observable<unknown>((subscriber) => {
    if (head !== undefined) events.subscribedAgain();
    head = subscriber;
  });
  for (const operator of operators) {
    const lifted = new Observable<unknown>();
    lifted.source = new WatchedSource(stream, (error) => events.failed(error));
    lifted.operator = operator;
    stream = lifted;
  }
  within(end, () => stream.subscribe(end));
  const first = head ?? new Subscriber<unknown>();
  return {
    next: isPlain(first)
      ? specialise(pushIntoPlain)(end, first as unknown as PlainSubscriber)
      : specialise(pushInto)(end, first),
    complete: () => within(end, () => first.complete()),
    close: () => end.unsubscribe(),
  };
}

/** Closed. */
function emitFrom(
  end: SegmentEnd,
  emit: (value: unknown, timestamp: number) => void,
  events: SegmentEvents,
): (value: unknown) => void {
  return (value) => {
    if (end.inside) emit(value, end.timestamp);
    else events.emittedOutside(value, end.timestamp);
  };
}

/** What `Subscriber.next` uses. */
interface PlainSubscriber {
  readonly isStopped: boolean;
  _next(value: unknown): void;
  next(value: unknown): void;
}

function isPlain(subscriber: Subscriber<unknown>): boolean {
  return subscriber.next === Subscriber.prototype.next;
}

/**
 * Closed. Does what `Subscriber.next` does, whose feedback all subscribers of the process share: from here V8 finds the functions of
 * RxJS and of the user as constants, each behind the other, and compiles the segment as one.
 */
function pushIntoPlain(end: SegmentEnd, first: PlainSubscriber): StockSegment['next'] {
  return (value, timestamp) => {
    end.timestamp = timestamp;
    end.inside = true;
    if (first.isStopped) first.next(value);
    else first._next(value);
    end.inside = false;
  };
}

/** Closed. For a subscriber with a `next` of its own: an operator such as `finalize` subscribes its output itself. */
function pushInto(end: SegmentEnd, first: Subscriber<unknown>): StockSegment['next'] {
  return (value, timestamp) => {
    end.timestamp = timestamp;
    end.inside = true;
    first.next(value);
    end.inside = false;
  };
}

function within(end: SegmentEnd, action: () => void): void {
  end.inside = true;
  try {
    action();
  } finally {
    end.inside = false;
  }
}

/** Stock operators that tell the user of an end, which a look at them is not; they hold nothing that has to be let go of. */
const CALLS_BACK_AT_END = /rxjs[\\/].*[\\/]operators[\\/](finalize|tap)\.[cm]?[jt]s/;

/** Subscribes a stock operator to a source that never emits, and tells where in the source code that subscription came from. */
export function subscriptionStack(operator: StockOperator): string {
  let stack = '';
  const limit = Error.stackTraceLimit;
  class Probe extends Observable<unknown> {
    override subscribe(): Subscription {
      if (stack === '') {
        Error.stackTraceLimit = 60;
        stack = new Error('probe').stack ?? '';
        Error.stackTraceLimit = limit;
      }
      return new Subscription();
    }
  }
  const subscriber = new Subscriber<unknown>();
  try {
    subscriber.add(operator.call(subscriber, new Probe()));
  } catch {
    // An operator that fails on an empty source is judged when it runs.
  } finally {
    if (!CALLS_BACK_AT_END.test(stack)) subscriber.unsubscribe();
  }
  return stack;
}
