/** What the kit needs of a test runner. */
export interface TestRunner {
  describe(name: string, body: () => void): void;
  test(name: string, timeout: number, body: () => Promise<void>): void;
  skip(name: string): void;
  afterAll(timeout: number, body: () => Promise<void>): void;
}

type Body = () => Promise<void>;

/** How Jest, and Vitest with `globals`, offer themselves. */
interface Globals {
  readonly describe: (name: string, body: () => void) => void;
  readonly it: ((name: string, body: Body, timeout: number) => void) & { skip(name: string, body: Body): void };
  readonly afterAll: (body: Body, timeout: number) => void;
}

function isOffered(scope: Partial<Globals>): scope is Globals {
  return [scope.describe, scope.it, scope.afterAll].every((one) => typeof one === 'function');
}

/** The runner that has loaded the author's file: one with globals, Vitest, or else Node's own. */
export function runnerOf(
  scope: object = globalThis,
  environment: NodeJS.ProcessEnv = process.env,
): TestRunner | Promise<TestRunner> {
  if (isOffered(scope)) return ofGlobals(scope);
  return environment.VITEST === undefined ? nodeRunner() : import('vitest').then(ofGlobals);
}

function ofGlobals({ describe, it, afterAll }: Globals): TestRunner {
  return {
    describe: (name, body) => describe(name, body),
    test: (name, timeout, body) => it(name, body, timeout),
    skip: (name) => it.skip(name, async () => {}),
    afterAll: (timeout, body) => afterAll(body, timeout),
  };
}

/** In a variable: bundlers take the `node:` from names of modules, and without it this one does not exist. */
const NODE_TEST: string = 'node:test';

async function nodeRunner(): Promise<TestRunner> {
  const { describe, it, after }: typeof import('node:test') = await import(NODE_TEST);
  return {
    describe: (name, body) => void describe(name, body),
    test: (name, timeout, body) => void it(name, { timeout }, body),
    skip: (name) => void it(name, { skip: true }, () => {}),
    afterAll: (timeout, body) => after(body, { timeout }),
  };
}
