import { SluiceError } from '@sluice/connector-sdk';
import type { RedisFailure } from '../connection/failure.js';

/** The element's own fault, found by the server. */
export function refusedElement(component: string, failure: RedisFailure): SluiceError {
  return new SluiceError({
    code: 'SLUICE_REDIS_REFUSED',
    component,
    expected: 'a write that the server takes',
    actual: failure.message,
    remedy: 'write under another key, or correct the value; a `rejected` output of `to(...)` lets the others through',
    cause: failure,
  });
}

export function streamBehind(component: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_REDIS_STREAM_ORDER',
    component,
    expected: 'ids that go up within a stream',
    actual: 'one below the last of the stream, which does not hold it',
    remedy: 'make the id of something that goes up, such as an offset; or write each key to a stream of its own',
  });
}

export function keyShared(component: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_REDIS_KEY_SHARED',
    component,
    expected: 'keys that no other sink writes',
    actual: 'a key that a sink has written that was started later',
    remedy: 'give each sink keys of its own, or all of them a `version`',
  });
}
