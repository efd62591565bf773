// Every `npm run …` of the repository comes through here, so that each works in a clone in which nothing has been run.
// Up to `install()` only Node itself is needed: neither this file nor install.mjs may import a dependency at the top.
import { install } from './install.mjs';

install();

const [name, ...args] = process.argv.slice(2);
const { tsImport } = await import('tsx/esm/api');
const { tasks } = await tsImport('./tasks.ts', import.meta.url);
if (!Object.hasOwn(tasks, name)) {
  console.error(`There is no task "${name}". Expected one of: ${Object.keys(tasks).join(', ')}.`);
  process.exit(2);
}
process.exitCode = await tasks[name](args);
