import { SluiceError } from '@sluice/connector-sdk';
import { failureOf } from './failure-of.js';

/** Lets nothing of kafkajs out: what `call` throws becomes a `KafkaFailure`; a `SluiceError`, of a codec for instance, stays what it is. */
export async function translated<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw SluiceError.isInstance(error) ? error : failureOf(error);
  }
}
