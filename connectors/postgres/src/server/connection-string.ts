const EXPECTED = 'a URL such as postgres://user:password@host:5432/database';

/** What was expected of the option, and what came, without what may be secret; undefined when it may be one. */
export function wrongConnectionString(
  value: unknown,
): { readonly expected: string; readonly actual: string } | undefined {
  if (typeof value !== 'string' || value === '')
    return { expected: EXPECTED, actual: value === '' ? 'nothing' : typeof value };
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(value)?.[1];
  // The driver also takes the folder of a Unix socket, and `socket:`.
  if (scheme === undefined && !/^(?:\/|socket:)/.test(value))
    return { expected: EXPECTED, actual: 'a text that is no URL' };
  if (scheme !== undefined && !/^(?:postgres|postgresql|socket)$/i.test(scheme))
    return { expected: EXPECTED, actual: `a URL of ${scheme}://` };
  return undefined;
}
