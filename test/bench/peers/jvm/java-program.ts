import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { aptInstall, downloadJars, javaHome, type MavenArtifact } from '@sluice/services';
import { madeOnce } from '../../bench-folder.js';
import { Unavailable } from '../../unavailable.js';

const run = promisify(execFile);

/** A folder of Java sources beside this file, and what it is compiled and run with. */
export interface JavaSources {
  readonly folder: 'flink' | 'kafka';
  readonly artifacts: readonly MavenArtifact[];
}

export interface JavaProgram {
  readonly java: string;
  readonly classPath: string;
}

/** Downloads and compiles what has not been yet. @throws Unavailable where there is no Java or no way to Maven Central */
export async function javaProgram(sources: JavaSources): Promise<JavaProgram> {
  try {
    return await prepared(sources);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Unavailable(`${why} (needs Java 17, its compiler, and Maven Central or what it gave before)`);
  }
}

async function prepared({ folder, artifacts }: JavaSources): Promise<JavaProgram> {
  const home = await javaHome();
  const jars = await madeOnce(`jars-${folder}`, artifacts, async (unfinished) => {
    await mkdir(unfinished);
    await downloadJars(artifacts, unfinished);
  });
  const libraries = join(jars, 'lib', '*');
  const files = sourceFiles(folder);
  const classes = await madeOnce(`classes-${folder}`, { artifacts, sources: hashOf(files) }, async (unfinished) => {
    await mkdir(unfinished);
    const list = join(unfinished, 'sources');
    await writeFile(list, files.join('\n'));
    await run(await compiler(home), ['-nowarn', '--release', '17', '-cp', libraries, '-d', unfinished, `@${list}`]);
  });
  return { java: join(home, 'bin/java'), classPath: `${classes}:${libraries}` };
}

async function compiler(home: string): Promise<string> {
  const ofTheSame = join(home, 'bin/javac');
  if (existsSync(ofTheSame)) return ofTheSame;
  await aptInstall(['default-jdk-headless'], "Java's compiler, for the benchmarks of Flink and Kafka Streams,");
  return '/usr/lib/jvm/default-java/bin/javac';
}

function sourceFiles(folder: string): string[] {
  const here = fileURLToPath(new URL(`./${folder}/`, import.meta.url));
  return readdirSync(here)
    .filter((name) => name.endsWith('.java'))
    .sort()
    .map((name) => join(here, name));
}

function hashOf(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex');
}
