import type { Rejected, SinkContext } from '@sluice/connector-sdk';
import type { Argument, RedisClient } from '../connection/client.js';
import { failureOf, isLogin, isTransient, type RedisFailure } from '../connection/failure.js';
import { refused, unavailable } from '../connection/redis-error.js';
import { type Fence, fenced, isShutOut } from '../fence/fence.js';
import { siblingOf } from './key.js';
import { VERDICT } from './lua.js';
import { type Item, type Operation, operationArguments } from './operation.js';
import { callScript, type ScriptCall } from './script-calls.js';
import type { Shape } from './shape.js';
import type { SinkSettings } from './sink-settings.js';
import { keyShared, refusedElement, streamBehind } from './write-error.js';

/** What writes go to, and under which version. */
export interface WriteTarget<T, Content> {
  readonly client: RedisClient;
  readonly shape: Shape<T, Content>;
  readonly settings: SinkSettings<T>;
  readonly fence: Fence;
  readonly context: Pick<SinkContext<T>, 'clock'>;
  readonly superseded: { add(delta?: number): void };
  readonly retries: { add(delta?: number): void };
}

/** Operations of one call: enough to hide its cost, few enough that the server serves others meanwhile. */
const CALL_OPERATIONS = 250;
const CALL_BYTES = 64 * 1024;
const FIRST_PAUSE = 20;
const LONGEST_PAUSE = 1000;

/**
 * Does all operations, each of them as often as it takes: a write that was done already is seen as the same version. Answers the elements
 * that can never be written. Errors: SLUICE_FENCED, SLUICE_REDIS_UNAVAILABLE, SLUICE_REDIS_AUTH, SLUICE_REDIS_KEY_SHARED.
 */
export async function writeOperations<T, Content>(
  operations: readonly Operation<T, Content>[],
  target: WriteTarget<T, Content>,
  signal: AbortSignal,
): Promise<readonly Rejected<Item<T, Content>>[]> {
  const { client, settings, context } = target;
  const { component, connection } = settings;
  const rejected: Rejected<Item<T, Content>>[] = [];
  const deadline = context.clock.now() + connection.retryTimeout;
  let left = operations;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    const { again, failure } = await attempt(left, target, rejected);
    if (signal.aborted) throw signal.reason;
    if (failure === undefined) return rejected;
    if (isLogin(failure) || context.clock.now() >= deadline)
      throw unavailable(component, failure, connection.retryTimeout);
    target.retries.add();
    if (failure.code === 'READONLY' || failure.code === 'TIMEOUT') client.renew();
    await context.clock.sleep(pause, signal);
    left = again;
  }
}

interface Attempt<T, Content> {
  readonly again: readonly Operation<T, Content>[];
  /** Why there is something to do again. */
  readonly failure: RedisFailure | undefined;
}

async function attempt<T, Content>(
  operations: readonly Operation<T, Content>[],
  target: WriteTarget<T, Content>,
  rejected: Rejected<Item<T, Content>>[],
): Promise<Attempt<T, Content>> {
  const { client, shape, settings, fence } = target;
  if (client.isCluster) {
    try {
      if (await isShutOut(client, fence)) throw fenced(settings.component);
    } catch (error) {
      const failure = failureOrThrow(error);
      if (!isTransient(failure) && !isLogin(failure))
        throw refused(settings.component, 'the fence to be read', failure);
      return { again: operations, failure };
    }
  }
  const again: Operation<T, Content>[] = [];
  let failure: RedisFailure | undefined;
  let calls: Iterable<ScriptCall<Operation<T, Content>>> | undefined = callsOf(operations, target);
  while (calls !== undefined) {
    const single: Operation<T, Content>[] = [];
    for (const { call, reply } of await callScript(client, shape.script, calls)) {
      if (reply.failure === undefined) {
        await settle(call.operations, reply.value, target, rejected);
      } else if (isTransient(reply.failure) || isLogin(reply.failure) || reply.failure.code === 'NOSCRIPT') {
        failure = reply.failure;
        again.push(...call.operations);
      } else if (call.operations.length > 1) {
        // One of them is at fault; what was done of the others is found to be done.
        single.push(...call.operations);
      } else {
        const cause = refusedElement(settings.component, reply.failure);
        for (const item of call.operations[0]?.items ?? []) rejected.push({ value: item, cause });
      }
    }
    calls = single.length === 0 ? undefined : single.map((operation) => callOf([operation], target));
  }
  return { again, failure };
}

function failureOrThrow(error: unknown): RedisFailure {
  const failure = failureOf(error);
  if (failure !== error) throw error;
  return failure;
}

/** Looks at what became of each operation of a call. */
async function settle<T, Content>(
  operations: readonly Operation<T, Content>[],
  verdicts: unknown,
  target: WriteTarget<T, Content>,
  rejected: Rejected<Item<T, Content>>[],
): Promise<void> {
  const { settings, superseded } = target;
  if (!Array.isArray(verdicts)) throw fenced(settings.component);
  for (const [index, operation] of operations.entries()) {
    const verdict: unknown = verdicts[index];
    if (verdict === VERDICT.superseded) superseded.add(operation.items.length);
    else if (verdict === VERDICT.newerGeneration) throw await newerGeneration(target);
    else if (typeof verdict === 'string') {
      const cause = refusedElement(settings.component, failureOf({ message: `${verdict} ` }));
      for (const item of operation.items) rejected.push({ value: item, cause });
    } else if (Array.isArray(verdict)) {
      for (const [place, item] of operation.items.entries()) {
        if (verdict[place] === 'BEHIND') rejected.push({ value: item, cause: streamBehind(settings.component) });
      }
    }
  }
}

/** A key holds what a later start has written: a newer run of this sink, or another sink. */
async function newerGeneration<T, Content>({ client, fence, settings }: WriteTarget<T, Content>) {
  const shutOut = await isShutOut(client, fence).catch(() => false);
  return shutOut ? fenced(settings.component) : keyShared(settings.component);
}

/** In a cluster one call for each operation: their keys lie in different slots. */
function* callsOf<T, Content>(
  operations: readonly Operation<T, Content>[],
  target: WriteTarget<T, Content>,
): Generator<ScriptCall<Operation<T, Content>>> {
  if (target.client.isCluster) {
    for (const operation of operations) yield callOf([operation], target);
    return;
  }
  let together: Operation<T, Content>[] = [];
  let bytes = 0;
  for (const operation of operations) {
    const size = operation.items.reduce((sum, item) => sum + item.bytes, 0);
    if (together.length === CALL_OPERATIONS || (together.length > 0 && bytes + size > CALL_BYTES)) {
      yield callOf(together, target);
      together = [];
      bytes = 0;
    }
    together.push(operation);
    bytes += size;
  }
  if (together.length > 0) yield callOf(together, target);
}

function callOf<T, Content>(
  operations: readonly Operation<T, Content>[],
  { client, shape, settings, fence }: WriteTarget<T, Content>,
): ScriptCall<Operation<T, Content>> {
  const field = client.isCluster ? '' : fence.field;
  const keys = field === '' ? [] : [fence.key];
  const args: Argument[] = [field, fence.generation, settings.tombstone, settings.expire, shape.setting];
  let before: Content | undefined;
  for (const operation of operations) {
    keys.push(operation.key);
    if (shape.keysOfAWrite === 2) keys.push(siblingOf(operation.key));
    for (const argument of operationArguments(operation, shape, before)) args.push(argument);
    before = operation.content;
  }
  return { operations, keys, args };
}
