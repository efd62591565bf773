import { runTool } from './run-tool.js';

/** `npm run docs` serves the documentation and follows changes; `npm run docs -- build` writes the site to docs/.vitepress/dist. */
export function docs([command = 'dev', ...args]: readonly string[]): Promise<number> {
  return runTool('vitepress', [command, 'docs', ...args]);
}
