/** The elements of a window, each side in order of arrival; `undefined` for none. */
export interface WindowSides {
  readonly left: readonly unknown[] | undefined;
  readonly right: readonly unknown[] | undefined;
}

/** A window that has fired. */
export interface FiredSides {
  readonly key: unknown;
  readonly window: unknown;
  readonly value: WindowSides;
}

/** Makes of a window what stands behind the join. */
export type EmitWindow = (fired: FiredSides, timestamp: number) => void;

/** Of which sides windows are wanted whose other side is empty. */
export interface WantedAlone {
  readonly left: boolean;
  readonly right: boolean;
}
