let copies = 0;

/** Some loaders (tsx, esbuild with keepNames) put calls of it into every function they load. */
const named = <T>(target: T): T => target;

/**
 * Gives a closed factory (one that uses nothing but its parameters) feedback of its own, by evaluating its source text again.
 * V8 keeps type feedback per function in the source: a `next` shared by thirty pipelines sees thirty shapes and is compiled for
 * none of them; a copy sees one. Where code generation is forbidden the factory itself is used, which is correct and slower.
 *
 * The text is made unique by a number: V8 answers equal texts with one and the same function. Profiles and stack traces show it
 * under the factory's name.
 */
export function specialise<F extends (...parameters: never[]) => unknown>(factory: F): F {
  try {
    const source = `'use strict'; return (${factory.toString()});\n//# sourceURL=sluice/${factory.name}/${++copies}`;
    return new Function('__name', source)(named) as F;
  } catch {
    return factory;
  }
}
