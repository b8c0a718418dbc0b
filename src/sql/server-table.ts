import type { TableNames } from './table-names.ts'
import { quoteIdentifier } from './identifier.ts'

/** What an open store knows of its table. */
export interface ServerTable {
  readonly names: TableNames
  readonly id: IdColumn
  readonly data: DataColumn
  /** It has the column for the time of expiry, of a type that can hold it. */
  readonly expires: boolean
  /** That column is not only ours: who else uses the table goes by it, so it is always written. */
  readonly expiresForAll?: boolean
}

export interface IdColumn {
  /** Characters that it holds, if it has a limit. */
  readonly maxCharacters: number | undefined
  /** Bytes of UTF-8 that it or its index holds. */
  readonly maxBytes: number
  /** It pads ids with blanks, or takes two for one that differ in blanks at the end. */
  readonly pads: boolean
  /** It tells any two ids apart by itself. */
  readonly exact: boolean
  readonly binary: boolean
  /** Which characters it can hold. */
  readonly holds: 'all' | 'all but NUL' | 'ASCII'
}

export interface DataColumn {
  /** Bytes are bound and read as such, as a text with a character for each byte, or as the text of which they are the UTF-8. */
  readonly kind: 'binary' | 'text' | 'utf8'
  /** Bytes that it holds, if it has a limit. */
  readonly maxBytes: number | undefined
  /** As text it may change other characters. */
  readonly asciiOnly?: boolean
  /** Its type, in the database's words, for messages. */
  readonly type: string
}

/** A table or index as SQL text. */
export function qualified({ schema }: TableNames, name: string, quote: string): string {
  const own = quoteIdentifier(name, quote)
  return schema === undefined ? own : `${quoteIdentifier(schema, quote)}.${own}`
}
