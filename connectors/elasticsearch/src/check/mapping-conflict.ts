/** The part of a mapping that is looked at. */
export interface Mapping {
  readonly type?: string;
  readonly dynamic?: unknown;
  readonly properties?: Readonly<Record<string, Mapping>>;
}

/** What is wrong with the field at `path`, without its index; absent when it has one of the types, or none so far and may get one. */
export function mappingConflict(mapping: Mapping, path: string, types: readonly string[]): string | undefined {
  let { dynamic } = mapping;
  let at: Mapping | undefined = mapping;
  for (const name of path.split('.')) {
    const properties: Mapping['properties'] = at.properties;
    at = properties !== undefined && Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (at === undefined) return dynamic === 'strict' ? `no field ${path}, under \`dynamic: strict\`` : undefined;
    dynamic = at.dynamic ?? dynamic;
  }
  const type = at.type ?? 'object';
  return types.includes(type) ? undefined : `field ${path} of type ${type}`;
}
