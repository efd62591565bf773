import { option } from '../option.js';

const EXPECTED = 'a URL such as postgres://user:password@host:5432/database';

/** The option as it is; what may be secret in one that is wrong is not told. @throws SLUICE_POSTGRES_OPTIONS */
export function checkedConnectionString(component: string, value: unknown): string {
  const wrong = wrongIn(value);
  if (wrong !== undefined) throw option.refusal(component, 'connectionString', EXPECTED, wrong);
  return value as string;
}

function wrongIn(value: unknown): string | undefined {
  if (typeof value !== 'string') return typeof value;
  if (value === '') return 'nothing';
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(value)?.[1];
  // The driver also takes the folder of a Unix socket, and `socket:`.
  if (scheme === undefined) return /^(?:\/|socket:)/.test(value) ? undefined : 'a text that is no URL';
  return /^(?:postgres|postgresql|socket)$/i.test(scheme) ? undefined : `a URL of ${scheme}://`;
}
