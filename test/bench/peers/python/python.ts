import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ArmResult } from '../../arm.js';
import { madeOnce } from '../../bench-folder.js';
import { Unavailable } from '../../unavailable.js';
import { runProgram } from '../run-program.js';

const here = fileURLToPath(new URL('.', import.meta.url));

/** What the peers' users would call as well; another one where the machine's has no wheels. */
const PYTHON = process.env.BENCH_PYTHON ?? 'python3';
const INSTALLING = 300_000;
const RUNNING = 120_000;

/**
 * Runs a program of this folder with a package from pip, which is installed the first time: wheels only, into a folder of its own.
 *
 * @param requirement with its version, as pip takes it @throws Unavailable without Python, pip, or a wheel
 */
export async function runPython(
  requirement: string,
  program: string,
  parameters: readonly (string | number)[],
): Promise<ArmResult> {
  const packages = await installed(requirement);
  const printed = await runProgram(PYTHON, [join(here, program), ...parameters.map(String)], {
    env: { PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: '1', PYTHONWARNINGS: 'ignore' },
    timeout: RUNNING,
  });
  return JSON.parse(printed) as ArmResult;
}

async function installed(requirement: string): Promise<string> {
  const version = await orUnavailable(
    runProgram(PYTHON, ['--version'], { timeout: INSTALLING }),
    `${requirement} needs Python: install python3, or name one in BENCH_PYTHON`,
  );
  return madeOnce('python', { requirement, version: version.trim() }, async (folder) => {
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary', ':all:'];
    await orUnavailable(
      runProgram(PYTHON, [...pip, '--target', folder, requirement], { timeout: INSTALLING }),
      `${requirement} cannot be installed for ${version.trim()}: pip (python3-pip) and a wheel for this Python are needed; BENCH_PYTHON names another one`,
    );
  });
}

function orUnavailable<T>(outcome: Promise<T>, why: string): Promise<T> {
  return outcome.catch((cause: Error) => {
    throw new Unavailable(`${why} (${cause.message})`);
  });
}
