import { type ServiceName, type StartedServices, startServices } from '@sluice/services';
import { Unavailable } from '../unavailable.js';

/** Servers of `@sluice/services` for an arm. @throws Unavailable when one of them cannot be had */
export async function withServices<Name extends ServiceName, T>(
  names: readonly Name[],
  use: (services: StartedServices<Name>) => Promise<T>,
): Promise<T> {
  const started = await startServices(names).catch((cause: Error) => {
    throw new Unavailable(`no ${names.join(', ')}: ${cause.message}`);
  });
  try {
    return await use(started);
  } finally {
    await started.stop();
  }
}
