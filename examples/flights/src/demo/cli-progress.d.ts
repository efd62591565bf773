/** The part of `cli-progress` that is used here; the package has no types. */
declare module 'cli-progress' {
  export interface Options {
    readonly format: string;
    readonly stream: NodeJS.WritableStream;
    readonly hideCursor: boolean;
    readonly barsize: number;
    readonly gracefulExit: boolean;
    readonly formatValue: (value: number, options: unknown, type: string) => string;
  }
  export class SingleBar {
    constructor(options: Options, preset: unknown);
    start(total: number, value: number, payload: object): void;
    update(value: number, payload: object): void;
    stop(): void;
  }
  export const Presets: { readonly shades_classic: unknown };
}
