import { postgresStatus, startPostgres, stopPostgres } from './postgres.js';

/** `services up | down | status`: prints KEY=value lines that a shell can export. */
const commands: Readonly<Record<string, () => Promise<number>>> = {
  async up() {
    const postgres = await startPostgres();
    process.stderr.write(`postgres: ${postgres.from}\n`);
    process.stdout.write(`DATABASE_URL=${postgres.url}\n`);
    return 0;
  },
  async down() {
    await stopPostgres();
    process.stderr.write('postgres: stopped\n');
    return 0;
  },
  async status() {
    const url = await postgresStatus();
    process.stderr.write(`postgres: ${url === undefined ? 'not running' : 'running'}\n`);
    if (url !== undefined) process.stdout.write(`DATABASE_URL=${url}\n`);
    return url === undefined ? 1 : 0;
  },
};

const name = process.argv[2] ?? 'up';
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (!command) {
  process.stderr.write(`Unknown command ${JSON.stringify(name)}. Commands: ${Object.keys(commands).join(', ')}\n`);
  process.exitCode = 2;
} else {
  try {
    process.exitCode = await command();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
