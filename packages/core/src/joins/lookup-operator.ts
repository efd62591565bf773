import type { AsyncContext } from '../operators/async-attempts.js';
import { type CheckedAsyncOptions, createAsyncMap } from '../operators/async-map.js';
import { KeyIndex } from '../state/key-index.js';
import type { StreamObserver } from '../stream/element.js';
import type { CreateOperator, OperatorContext } from '../stream/operator.js';
import { joinCall, type Project } from './join-context.js';
import { type Lookup, LookupCache, type LookupCacheOptions } from './lookup-cache.js';

export interface LookupJoin {
  readonly lookup: Lookup;
  readonly options: CheckedAsyncOptions;
  readonly cache: LookupCacheOptions | undefined;
  readonly project: Project;
}

/** A left element under way, as the checkpoint keeps it. */
interface Asked {
  readonly key: unknown;
  readonly left: unknown;
}

interface Answered {
  readonly asked: Asked;
  readonly right: unknown;
}

/** `asyncMap` of each element with its key; the projection runs when the result is emitted. */
export function createLookupJoin({ lookup, options, cache, project }: LookupJoin): CreateOperator {
  return (context, out) => {
    const answerOf = cache === undefined ? lookup : cached(context, lookup, cache);
    const ask = async (asked: unknown, attempt: AsyncContext): Promise<Answered> => ({
      asked: asked as Asked,
      right: await answerOf((asked as Asked).key, attempt),
    });
    const call = joinCall();
    const emit = out.next as (value: unknown, timestamp: number) => void;
    const next = (answered: unknown, timestamp: number): void => {
      const { asked, right } = answered as Answered;
      call.key = asked.key;
      call.timestamp = timestamp;
      emit(project(asked.left, right, call), timestamp);
    };
    const input = createAsyncMap(ask, options, rejectingLefts(context), { ...out, next });
    const { inputKey } = context;
    const give = input.next;
    const takeLeft: StreamObserver<unknown>['next'] = (left, timestamp) => {
      give({ key: inputKey.key, left } satisfies Asked, timestamp);
    };
    return { ...input, next: takeLeft };
  };
}

function cached(context: OperatorContext, lookup: Lookup, options: LookupCacheOptions): Lookup {
  const { uid, maxParallelism, clock, metrics } = context;
  const hits = metrics.counter(`${uid}.cache_hits`, 'look-ups answered by the cache, or by a call under way');
  const misses = metrics.counter(`${uid}.cache_misses`, 'look-ups that called the function');
  const cache = new LookupCache(lookup, options, clock, new KeyIndex(maxParallelism, uid), hits, misses);
  return (key, attempt) => cache.get(key, attempt);
}

/** What has failed is told of as the element that the user gave. */
function rejectingLefts(context: OperatorContext): OperatorContext {
  return {
    ...context,
    sideOutput(target) {
      const send = context.sideOutput(target);
      return (rejected, timestamp) => {
        const { value, cause } = rejected as { readonly value: Asked; readonly cause: unknown };
        send({ value: value.left, cause }, timestamp);
      };
    },
  };
}
