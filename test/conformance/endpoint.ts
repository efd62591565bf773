/** Where a server is: the test learns it from its suite, child processes by a variable of their environment. */
export class Endpoint {
  #url: (() => string) | undefined;

  constructor(private readonly variable: string) {}

  /** Undefined: the variable says it. */
  use(url: (() => string) | undefined): void {
    this.#url = url;
  }

  get url(): string {
    return this.#url?.() ?? process.env[this.variable] ?? '';
  }

  get environment(): Readonly<Record<string, string>> {
    return { [this.variable]: this.url };
  }
}
