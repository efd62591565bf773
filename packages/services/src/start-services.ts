import type { ServiceName } from './service.js';
import { serviceNames } from './service.js';
import { services } from './services.js';
import { alreadyRunning, given } from './shared/find.js';
import { type Endpoint, type Stay, startShared, stopShared, stopUnused } from './shared/shared-server.js';
import { enter, leave } from './shared/users.js';

export type StartedServices<Name extends ServiceName> = Readonly<Record<Name, Endpoint>> & {
  /** Ends this process' use of them: what was started to stay while it is used stops with its last user. */
  stop(): Promise<void>;
};

/**
 * The endpoints of these services, each one from the environment, else from a server that already runs on this machine and can do what is
 * needed, else from Docker, else from a server of our own under `.services`. All are started in parallel.
 */
export async function startServices<Name extends ServiceName>(
  names: readonly Name[],
  stay: Stay = 'while used',
): Promise<StartedServices<Name>> {
  if (stay === 'while used') enter();
  const started = await Promise.allSettled(names.map((name) => startShared(name, stay)));
  const failures = started.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as Error] : []));
  if (failures.length > 0) {
    if (stay === 'while used') await stopUsing();
    throw failures.length === 1
      ? failures[0]
      : new AggregateError(failures, failures.map(({ message }) => message).join('\n'));
  }
  const endpoints = names.map((name, at) => [name, (started[at] as PromiseFulfilledResult<Endpoint>).value]);
  return { ...Object.fromEntries(endpoints), stop: stay === 'while used' ? stopUsing : async () => undefined };
}

/** Ends this process' use of all services; those that nobody uses any more, and nobody wants to stay, are stopped. */
export async function stopUsing(): Promise<void> {
  leave();
  await Promise.all(serviceNames.map(stopUnused));
}

/** Stops what was started here, and nothing else; answers the names of what ran. */
export async function stopServices(names: readonly ServiceName[] = serviceNames): Promise<ServiceName[]> {
  const ran = await Promise.all(names.map(stopShared));
  return names.filter((_name, at) => ran[at]);
}

/** The endpoints of those that answer and can do what is needed. Starts nothing. */
export async function servicesStatus(names: readonly ServiceName[] = serviceNames): Promise<Map<ServiceName, string>> {
  const endpoints = await Promise.all(
    names.map((name) => {
      const service = services[name];
      return process.env[service.variable] ? given(service).catch(() => undefined) : alreadyRunning(service);
    }),
  );
  return new Map(names.flatMap((name, at) => (endpoints[at] === undefined ? [] : [[name, endpoints[at]] as const])));
}
