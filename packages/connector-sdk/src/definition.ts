import { SluiceError } from './error.js';

/** What a plugin must have, beside a name, to be one. */
export interface DefinitionRules {
  readonly code: 'SLUICE_SOURCE_DEFINITION' | 'SLUICE_SINK_DEFINITION';
  readonly component: string;
  readonly methods: readonly string[];
  readonly flags?: readonly string[];
  readonly requiredCodecs?: readonly string[];
  readonly optionalCodecs?: readonly string[];
}

interface Fields {
  readonly name?: unknown;
  readonly specVersion?: unknown;
  readonly [field: string]: unknown;
}

/** The same object with `specVersion: 1`: not a copy, which would lose what a class instance inherits and hides. */
export function definedPlugin<P extends object>(plugin: Omit<P, 'specVersion'>, rules: DefinitionRules): P {
  const wrong = problemOf(plugin, rules);
  if (wrong === undefined) return Object.assign(plugin, { specVersion: 1 }) as unknown as P;
  throw new SluiceError({
    code: rules.code,
    component: rules.component,
    expected: wrong.expected,
    actual: wrong.actual,
    remedy: 'complete the definition',
  });
}

function problemOf(
  plugin: unknown,
  rules: DefinitionRules,
): { readonly expected: string; readonly actual: string } | undefined {
  if (typeof plugin !== 'object' || plugin === null) {
    return { expected: 'an object', actual: plugin === null ? 'null' : `a ${typeof plugin}` };
  }
  const fields = plugin as Fields;
  const { name, specVersion } = fields;
  if (typeof name !== 'string' || name === '') return { expected: 'a `name`', actual: describe(name) };
  if (specVersion !== undefined && specVersion !== 1)
    return { expected: 'specVersion 1', actual: describe(specVersion) };
  if (specVersion === undefined && !Object.isExtensible(plugin)) {
    return { expected: `a definition of ${name} that can take a specVersion`, actual: 'a frozen object' };
  }
  for (const method of rules.methods) {
    if (typeof fields[method] !== 'function') return missing(fields, method, 'a method');
  }
  for (const flag of rules.flags ?? []) {
    if (typeof fields[flag] !== 'boolean') return missing(fields, flag, 'true or false');
  }
  for (const codec of rules.requiredCodecs ?? []) {
    if (!isCodec(fields[codec])) return missing(fields, codec, 'a codec');
  }
  for (const codec of rules.optionalCodecs ?? []) {
    if (fields[codec] !== undefined && !isCodec(fields[codec])) return missing(fields, codec, 'a codec');
  }
  return undefined;
}

function missing(fields: Fields, field: string, what: string) {
  return { expected: `\`${field}\` of ${String(fields.name)} to be ${what}`, actual: describe(fields[field]) };
}

function isCodec(value: unknown): boolean {
  const codec = value as { readonly encode?: unknown; readonly decode?: unknown } | null;
  return typeof codec === 'object' && typeof codec?.encode === 'function' && typeof codec.decode === 'function';
}

function describe(value: unknown): string {
  if (value === undefined) return 'none';
  if (typeof value === 'object') return value === null ? 'null' : 'an object';
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : String(value).slice(0, 40);
}
