/** The same object with other methods: what is not overridden is the original's, private fields and optional powers included. */
export function tapped<O extends object>(original: O, overrides: Partial<O>): O {
  return new Proxy(original, {
    get(target, property) {
      if (Object.hasOwn(overrides, property)) return overrides[property as keyof O];
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
