/**
 * A table or column name as SQL text, whatever characters it has. `quote` is the database's own mark: `"` in the
 * standard, a backtick in MySQL.
 */
export function quoteIdentifier(name: string, quote = '"'): string {
  return quote + name.replaceAll(quote, quote + quote) + quote
}
