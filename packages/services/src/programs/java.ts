import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../process/run.js';
import { aptInstall } from './apt.js';

const OLDEST = 17;
const jvms = '/usr/lib/jvm';

let found: Promise<string> | undefined;

/** The folder of a Java of version 17 or newer, from Debian if there is none. */
export function javaHome(): Promise<string> {
  found ??= findOrInstall();
  found.catch(() => {
    found = undefined;
  });
  return found;
}

async function findOrInstall(): Promise<string> {
  const here = await find();
  if (here !== undefined) return here;
  // Whoever needs it is about to need Maven.
  await aptInstall(['default-jre-headless', 'maven'], `Java ${OLDEST}, for Kafka and Elasticsearch,`);
  const installed = await find();
  if (installed === undefined) throw new Error(`No Java ${OLDEST} or newer was found after it was installed.`);
  return installed;
}

async function find(): Promise<string | undefined> {
  for (const candidate of [process.env.JAVA_HOME, 'java', ...ofDebian()]) {
    if (!candidate) continue;
    const program = candidate === 'java' ? 'java' : join(candidate, 'bin/java');
    const { ok, output } = await run(program, ['-XshowSettings:properties', '-version']);
    const version = Number.parseInt(/java\.specification\.version = (\S+)/.exec(output)?.[1] ?? '', 10);
    const home = /java\.home = (.+)/.exec(output)?.[1]?.trim();
    if (ok && version >= OLDEST && home) return home;
  }
  return undefined;
}

function ofDebian(): string[] {
  return existsSync(jvms) ? readdirSync(jvms).map((name) => join(jvms, name)) : [];
}
