import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServiceName } from '../service.js';

/** The file that offers the same services to people with Docker; it marks the repository's root. */
export const composeFile = join(rootAbove(dirname(fileURLToPath(import.meta.url))), 'docker-compose.yml');

/** Git-ignored: programs, data, logs and state of what was started here. */
export function servicesFolder(): string {
  return process.env.SLUICE_SERVICES_FOLDER ?? join(dirname(composeFile), '.services');
}

function rootAbove(folder: string): string {
  if (existsSync(join(folder, 'docker-compose.yml'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('@sluice/services works only inside its repository.');
  return rootAbove(parent);
}

/** Of the server that is shared. */
export function folderOf(name: ServiceName): string {
  return join(servicesFolder(), name);
}
