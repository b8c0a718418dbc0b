import type { PluginOptions } from '../contracts/services.ts'
import type { Answer, Links, Value } from './link.ts'
import type { LockWords } from './named-locks.ts'
import type { ServerTable } from './server-table.ts'
import type { Mark, MarkStyle } from './statement.ts'
import type { TableNames } from './table-names.ts'

/** Runs one statement while the store is opened; `values` are for the marks in their order. */
export type Ask = (sql: string, values?: readonly Value[]) => Promise<Answer>

/** A server and how to get at it. */
export interface Server {
  /** What messages call it; without a password. */
  readonly called: string
  readonly links: Links
}

/** The SQL that is different in each database, for one table. */
export interface Words {
  readonly table: string
  readonly id: string
  readonly data: string
  readonly expires: string | undefined

  /** The id as selected. */
  readonly readId: string
  /** The time of expiry as selected, where that is not the column as it is. */
  readonly readExpires?: string
  /** What the column holds for a number of seconds since 1970, where that is not the number. */
  readonly newExpires?: (seconds: string) => string
  /** The image as selected; null is read as no bytes. */
  readonly readImage: string
  /** What is put into the column. */
  readonly newImage: (mark: Mark) => string
  /** A condition: the row with this id, and no other that the column takes for the same. */
  readonly isId: (mark: Mark) => string
  /** A condition: the row's image is the expected one, byte by byte. Undefined if the column cannot be compared. */
  readonly isImage: ((mark: Mark) => string) | undefined
  /** The select of expires, if there is the column, and the image of a row, where the usual one will not do. */
  readonly retrieve?: (mark: Mark) => string
  /** An insert that writes nothing if there is a row with this id, or fails with what `isDuplicate` knows. */
  readonly create: (mark: Mark) => string
  /** An insert or update in one; undefined if the table's own idea of a same id is not ours. */
  readonly store: ((mark: Mark) => string) | undefined
  /** Deletes some rows that expired before `now`. */
  readonly purge: (mark: Mark, limit: number) => string
  /** The end of a select that is to give so many rows. */
  readonly limit: (rows: number) => string
}

/** All that the driver for a kind of server needs beside what they share. */
export interface Dialect {
  /** As in 'PostgreSQL cannot keep …'. */
  readonly product: string
  readonly marks: MarkStyle

  /** Loads the client package and says where the connections come from. Nothing need be connected yet. */
  connect(options: PluginOptions, timeout: number): Promise<Server>

  /** Looks at the table; `undefined` if there is none. Throws `InvalidOptionError` for one that cannot hold sessions. */
  findTable(ask: Ask, names: TableNames, options: PluginOptions): Promise<ServerTable | undefined>

  /** The statements that make the table, in their order. */
  tableSql(names: TableNames, options: PluginOptions): readonly string[]

  words(table: ServerTable): Words

  /** For the option `lockName`. Left out: the option means nothing to this database. */
  readonly lockWords?: LockWords

  /** A column of text can hold the character NUL. */
  readonly textHoldsNul: boolean
  /** Perl's DBD gives text as the bytes of its UTF-8, not as characters. */
  readonly perlReadsTextAsBytes: boolean

  /** The bytes, out of what `readImage` gave. */
  readBytes(value: unknown): Uint8Array
  /** The id, out of what `readId` gave; `undefined` for bytes that are no text, which no store can ask for. */
  readId(value: unknown, table: ServerTable): string | undefined

  /** The count of an update may leave out rows that it found and left as they were. */
  readonly countsChangesOnly?: boolean

  /** The failed statement found a row with this id, or one that the table takes for the same. */
  isDuplicate(error: unknown): boolean
  /** The failed statement did nothing, and may well succeed now: a deadlock. */
  isUndone(error: unknown): boolean
  /** What to do about this error. */
  advice(error: unknown): string | undefined
}
