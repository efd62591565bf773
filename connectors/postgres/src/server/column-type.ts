/** A column as the catalog describes it. */
export interface TableColumn {
  readonly name: string;
  /** Schema and name of its type: quoted part by part they are valid wherever a type may stand. */
  readonly type: readonly [schema: string, name: string];
  /** `e` enum, `d` domain, `b` base, ... */
  readonly kind: string;
  readonly isArray: boolean;
  /** Longest text in characters, for varchar(n) and char(n). */
  readonly maxLength: number | undefined;
  /** What stands in parentheses behind the type, as the server keeps it; undefined when there is nothing. */
  readonly typeModifier?: number | undefined;
  /** Of an enum. */
  readonly labels?: readonly string[] | undefined;
  /** How the server reads a text of this type. */
  readonly input?: TextInput | undefined;
  readonly notNull: boolean;
  readonly hasDefault: boolean;
  /** The server computes it and takes no value. */
  readonly generated: boolean;
}

/** A function of the server that makes a value of its text. */
export interface TextInput {
  readonly name: readonly [schema: string, name: string];
  /** What it is given beside the text. */
  readonly more: readonly number[];
}

export interface TableDescription {
  readonly schema: string;
  readonly name: string;
  /** `r` table, `p` partitioned table, `v` view, `f` foreign table, ... */
  readonly kind: string;
  readonly columns: readonly TableColumn[];
  /** Column sets of the unique indexes that `ON CONFLICT` can use. */
  readonly uniqueKeys: readonly (readonly string[])[];
}
