import { type ServiceName, serviceNames, services, servicesStatus, startShared, stopServices } from '@sluice/services';

/** `services up | down | status [NAME…]`: stdout has KEY=value lines that a shell can export, stderr what people read. */
const commands: Readonly<Record<string, (names: readonly ServiceName[]) => Promise<number>>> = {
  async up(names) {
    const started = await Promise.all(names.map(start));
    return started.every(Boolean) ? 0 : 1;
  },
  async down(names) {
    const stopped = await stopServices(names);
    for (const name of names) say(`${name}: ${stopped.includes(name) ? 'stopped' : 'none was started here'}`);
    return 0;
  },
  async status(names) {
    const running = await servicesStatus(names);
    for (const name of names) {
      say(`${name}: ${running.has(name) ? 'running' : 'not running'}`);
      if (running.has(name)) process.stdout.write(`${services[name].variable}=${running.get(name)}\n`);
    }
    return running.size === names.length ? 0 : 1;
  },
};

const [name = 'up', ...rest] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
const unknown = rest.filter((word) => !serviceNames.some((known) => known === word));
if (!command) {
  fail(`Unknown command ${JSON.stringify(name)}. Commands: ${Object.keys(commands).join(', ')}`);
} else if (unknown.length > 0) {
  fail(`Unknown service ${unknown.join(', ')}. Services: ${serviceNames.join(', ')}`);
} else {
  process.exitCode = await command(serviceNames.filter((known) => rest.length === 0 || rest.includes(known)));
}

/** Tells of each one as soon as it is there; one that fails leaves the others running. */
async function start(name: ServiceName): Promise<boolean> {
  const begun = performance.now();
  try {
    const { endpoint, from } = await startShared(name, 'until stopped');
    say(`${name}: ${from} (${((performance.now() - begun) / 1_000).toFixed(1)} s)`);
    process.stdout.write(`${services[name].variable}=${endpoint}\n`);
    return true;
  } catch (error) {
    say(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function fail(reason: string): void {
  say(reason);
  process.exitCode = 2;
}
