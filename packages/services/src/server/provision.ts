import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endGently, kill } from '../process/end.js';
import { isAlive, type ProcessMark } from '../process/identity.js';
import { signalAll, treeOf } from '../process/tree.js';
import type { Service, ServiceName, Settings } from '../service.js';
import { services } from '../services.js';
import { homesOf, isOurs, reachableHomes } from './home.js';
import { launch } from './launch.js';
import type { OwnServer, ProvisionOptions } from './own-server.js';
import { freePorts } from './ports.js';
import { readState, type ServerState, writeState } from './state.js';

/** Starts the server that belongs to the folder, making its data the first time, or answers the one that runs there already. */
export async function provision(name: ServiceName, options: ProvisionOptions): Promise<OwnServer> {
  const service = services[name];
  const { home, state } = (await findHome(options.folder)) ?? {};
  if (home !== undefined && state?.process !== undefined && isAlive(state.process)) {
    if (await becomesReady(state.process, state.endpoint, options.probe ?? service.answers)) {
      return ownServer(service, options, home, { ...state, process: state.process });
    }
    // It hangs, and keeps its port and its data from the next one.
    await kill(state.process);
  }
  const started = await start(service, options, options.settings ?? {});
  return ownServer(service, options, started.home, started.state);
}

/** The server of the folder if its process is there; it may still be starting. */
export async function findServer(folder: string): Promise<OwnServer | undefined> {
  const { home, state } = (await findHome(folder)) ?? {};
  if (home === undefined || state?.process === undefined || !isAlive(state.process)) return undefined;
  return ownServer(services[state.service], { folder }, home, { ...state, process: state.process });
}

/** Kills the server of the folder and removes what was made for it, wherever that is. */
export async function removeServer(folder: string): Promise<void> {
  const mark = (await findHome(folder))?.state?.process;
  if (mark) await kill(mark);
  for (const home of homesOf(resolve(folder))) if (await isOurs(home)) await rm(home, { recursive: true });
}

type StartedState = ServerState & { readonly process: ProcessMark };

async function start(
  service: Service,
  { folder, probe, programs = 'system' }: ProvisionOptions,
  settings: Settings,
): Promise<{ home: string; state: StartedState }> {
  const directory = resolve(folder);
  const account = await service.account();
  const before = await findHome(directory);
  const home = before?.home ?? (await reachableHomes(directory, account).next()).value;
  if (home === undefined) {
    const tried = homesOf(directory).join(', ');
    throw new Error(
      `No folder that the account of ${service.title} can enter: tried ${tried}. Set ${service.variable} to use another server.`,
    );
  }
  const ports = await freePorts(service.ports, before?.state?.ports ?? []);
  const site = {
    ...{ home, directory, ports, account, programs, before: before?.state?.endpoint },
    settings: withPorts(settings, ports),
  };
  const command = await service.prepare(site);
  const state = { service: service.name, endpoint: command.endpoint, ports };
  writeState(home, state);
  const mark = await launch(service, site, command, probe ?? service.answers, (begun) =>
    writeState(home, { ...state, process: begun }),
  );
  return { home, state: { ...state, process: mark } };
}

function ownServer(service: Service, options: ProvisionOptions, home: string, first: StartedState): OwnServer {
  let state = first;
  return {
    service: service.name,
    endpoint: first.endpoint,
    ports: first.ports,
    get pid() {
      return state.process.pid;
    },
    home,
    stop: (how = 'fast') => (how === 'kill' ? kill(state.process) : endGently(state.process, service.stopSignal)),
    async start(settings = options.settings ?? {}) {
      if (isAlive(state.process)) return;
      const started = await start(service, options, settings);
      if (started.state.endpoint !== first.endpoint) {
        throw new Error(`Another program has taken the port of ${service.title} (${home}).`);
      }
      state = started.state;
    },
    pause: () => signalAlive(state.process, 'SIGSTOP'),
    resume: () => signalAlive(state.process, 'SIGCONT'),
    remove: () => removeServer(options.folder),
  };
}

function signalAlive(mark: ProcessMark, signal: NodeJS.Signals): void {
  if (isAlive(mark)) signalAll(treeOf(mark.pid), signal);
}

async function findHome(folder: string): Promise<{ home: string; state: ServerState | undefined } | undefined> {
  for (const home of homesOf(resolve(folder))) {
    if (!existsSync(join(home, 'server.json')) || !(await isOurs(home))) continue;
    return { home, state: readState(home) };
  }
  return undefined;
}

/** It may still be starting. */
async function becomesReady(
  mark: ProcessMark,
  endpoint: string,
  probe: (endpoint: string) => Promise<void>,
): Promise<boolean> {
  const deadline = Date.now() + 20_000;
  while (isAlive(mark) && Date.now() < deadline) {
    const ready = await probe(endpoint).then(
      () => true,
      () => false,
    );
    if (ready) return true;
    await sleep(50);
  }
  return false;
}

function withPorts(settings: Settings, ports: readonly number[]): Settings {
  const place = /\{port(?::(\d))?\}/g;
  const filled = (value: string): string => value.replace(place, (_all, index) => String(ports[Number(index ?? 0)]));
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, typeof value === 'string' ? filled(value) : value]),
  );
}
