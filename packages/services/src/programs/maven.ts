import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../process/run.js';
import { aptInstall } from './apt.js';
import { javaHome } from './java.js';

const PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1';

export interface MavenArtifact {
  readonly groupId: string;
  readonly artifactId: string;
  readonly version: string;
}

/** Downloads the artifacts and what they depend on into `<folder>/lib`. */
export async function downloadJars(artifacts: readonly MavenArtifact[], folder: string): Promise<void> {
  const dependencies = artifacts.map(
    ({ groupId, artifactId, version }) =>
      `<dependency><groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version></dependency>`,
  );
  await maven(folder, dependencies, [
    `${PLUGIN}:copy-dependencies`,
    `-DoutputDirectory=${join(folder, 'lib')}`,
    '-DincludeScope=runtime',
  ]);
}

/** Downloads an archive and unpacks it into the folder. */
export function downloadArchive(artifact: MavenArtifact, type: string, folder: string): Promise<void> {
  const { groupId, artifactId, version } = artifact;
  return maven(
    folder,
    [],
    [`${PLUGIN}:unpack`, `-Dartifact=${groupId}:${artifactId}:${version}:${type}`, `-DoutputDirectory=${folder}`],
  );
}

/** Runs it with a repository of its own that goes afterwards: Maven remembers a download that failed, and is not made for two at a time. */
async function maven(folder: string, dependencies: readonly string[], parameters: readonly string[]): Promise<void> {
  const java = await javaHome();
  if (!(await run('mvn', ['--version'])).ok) await aptInstall(['maven'], 'Maven, for Kafka and Elasticsearch,');
  const work = join(folder, 'maven');
  await mkdir(work);
  // Without a project Maven would leave its marks in the working directory.
  await writeFile(join(work, 'pom.xml'), projectWith(dependencies));
  const options = [
    ...['--batch-mode', '--quiet', '--strict-checksums', '--file', join(work, 'pom.xml')],
    `-Dmaven.repo.local=${join(work, 'repository')}`,
  ];
  const env = { JAVA_HOME: java, MAVEN_OPTS: '-XX:TieredStopAtLevel=1' };
  const { ok, output } = await run('mvn', [...options, ...parameters], { env, timeout: 300_000 });
  if (!ok)
    throw new Error(`Maven failed (${parameters.join(' ')}):\n${output.trim().split('\n').slice(0, 10).join('\n')}`);
  await rm(work, { recursive: true });
}

function projectWith(dependencies: readonly string[]): string {
  return `<project><modelVersion>4.0.0</modelVersion><groupId>sluice</groupId><artifactId>services</artifactId><version>1</version>
<dependencies>${dependencies.join('')}</dependencies></project>
`;
}
