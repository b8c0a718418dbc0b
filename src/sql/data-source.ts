/** A data source as Perl's DBI takes it: `dbi:Pg:dbname=app;host=db.example`. */
export interface PerlDataSource {
  /** The name of the DBD module: `SQLite`, `Pg`, `mysql`, `ODBC`, `Oracle`. */
  readonly dialect: string
  /** All that follows the second colon. */
  readonly rest: string
  /** The `name=value` parts of the rest, names in lower case; of parts with the same name the last. */
  readonly settings: ReadonlyMap<string, string>
}

/** Takes a Perl data source apart. `undefined` for anything else (a path, a URL, an option object of a client). */
export function parsePerlDataSource(text: string): PerlDataSource | undefined {
  // DBI allows attributes in brackets, dbi:Pg(RaiseError=>1):…; they are about error handling in Perl.
  const [, dialect, rest] = /^dbi:(\w+)(?:\([^)]*\))?:(.*)$/is.exec(text) ?? []
  if (dialect === undefined || rest === undefined) return undefined
  const settings = new Map<string, string>()
  for (const part of rest.split(';')) {
    const equals = part.indexOf('=')
    if (equals > 0) settings.set(part.slice(0, equals).trim().toLowerCase(), part.slice(equals + 1).trim())
  }
  return { dialect, rest, settings }
}
