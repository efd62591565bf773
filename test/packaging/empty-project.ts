import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A project of somebody else, in a folder of its own, which knows nothing of this repository. */
export class EmptyProject {
  private constructor(readonly folder: string) {}

  static async create(): Promise<EmptyProject> {
    const project = new EmptyProject(await mkdtemp(join(tmpdir(), 'sluice-project-')));
    await project.write('package.json', '{ "private": true, "type": "module" }');
    return project;
  }

  /** `npm install` of packages and tarballs. */
  async install(...packages: readonly string[]): Promise<void> {
    const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts'];
    await run('npm', ['install', ...quiet, ...packages], { cwd: this.folder });
  }

  async write(path: string, text: string): Promise<void> {
    const file = join(this.folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }

  /** Runs a file of the project and answers what it printed, read as JSON. */
  async runNode(path: string): Promise<unknown> {
    const { stdout } = await run(process.execPath, [path], { cwd: this.folder });
    return JSON.parse(stdout);
  }

  /** What a TypeScript compiler, given by its path, has to say of a folder of the project. */
  async compile(tsc: string, folder: string): Promise<string> {
    try {
      await run(process.execPath, [tsc, '--project', folder], { cwd: this.folder });
      return '';
    } catch (failure) {
      return (failure as { stdout?: string }).stdout || String(failure);
    }
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}
