type Equal<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false;

/** Compiles when the two types are the same, and takes a type to prove it: `same<A, B>()`. */
export function same<A, B>(..._proof: Equal<A, B> extends true ? [] : [{ got: A; want: B }]): void {}
