/** Where the rows of a file come from, in order: an SQL table expression with the columns of `FILE_COLUMNS`. */
export interface Source {
  readonly sql: string;
  readonly values: readonly unknown[];
}
