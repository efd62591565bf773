import { describe } from 'vitest';
import { startPostgres } from './postgres.js';
import { registerTestUser } from './test-users.js';

/**
 * A suite that needs a real server. Where none can be had it is skipped under a name that says why; with `REQUIRE_SERVICES` set, that is
 * a failure.
 */
export async function describeWithPostgres(name: string, tests: (url: string) => void): Promise<void> {
  const postgres = await postgresForTests();
  if (postgres.url !== undefined) {
    const { url } = postgres;
    describe(name, () => tests(url));
  } else {
    describe.skip(`${name} (SKIPPED, needs PostgreSQL: ${postgres.why})`, () => tests(''));
  }
}

async function postgresForTests(): Promise<
  { readonly url: string } | { readonly url?: undefined; readonly why: string }
> {
  try {
    const postgres = await startPostgres();
    if (postgres.from !== 'environment') registerTestUser(postgres.from !== 'running');
    return { url: postgres.url };
  } catch (error) {
    if (process.env.REQUIRE_SERVICES) throw error;
    const why = error instanceof Error ? error.message : String(error);
    process.stderr.write(`SKIPPED, needs PostgreSQL: ${why}\n`);
    return { why };
  }
}
