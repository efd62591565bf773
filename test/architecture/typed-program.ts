import { dirname, join } from 'node:path';
import ts from 'typescript-5.9';
import { root } from '../tasks/root.js';

/** Compiles files of the repository, and files that exist only here, with the repository's settings. */
export function typedProgram(paths: readonly string[], virtual: Readonly<Record<string, string>> = {}): ts.Program {
  const configPath = join(root, 'tsconfig.json');
  const { config } = ts.readConfigFile(configPath, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, dirname(configPath));
  const texts = new Map(Object.entries(virtual).map(([path, text]) => [join(root, path), text]));
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, directoryExists } = host;
  host.readFile = (path) => texts.get(path) ?? readFile.call(host, path);
  host.fileExists = (path) => texts.has(path) || fileExists.call(host, path);
  host.directoryExists = (path) =>
    [...texts.keys()].some((file) => file.startsWith(`${path}/`)) || directoryExists?.call(host, path) === true;
  host.getSourceFile = (path, languageVersion) => {
    const text = host.readFile(path);
    return text === undefined ? undefined : ts.createSourceFile(path, text, languageVersion, true);
  };
  return ts.createProgram([...paths.map((path) => join(root, path)), ...texts.keys()], options, host);
}

export function sourceFileOf(program: ts.Program, path: string): ts.SourceFile {
  const source = program.getSourceFile(join(root, path));
  if (source === undefined) throw new Error(`${path} is not part of the program.`);
  return source;
}
