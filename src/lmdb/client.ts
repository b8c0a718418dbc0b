/** What this driver uses of the package `lmdb`. */
export interface LmdbModule {
  /** Opens the file; an instance is a database in it, `null` the one that the others are listed in. */
  openAsClass(path: string, options: object): DatabaseClass
}

export type DatabaseClass = new (name: string | null, options: object) => RootDatabase

export type Key = Uint8Array

export interface Range {
  readonly start?: Key | undefined
  readonly exclusiveStart?: boolean
  readonly end?: Key | undefined
  readonly limit?: number
}

/** A named database of keys and values that are bytes. */
export interface Database {
  readonly maxKeySize: number
  getEntry(key: Key): { readonly value: Buffer; readonly version?: number } | undefined
  getKeys(range: Range): Iterable<Buffer>
  put(key: Key, value: Uint8Array, version?: number): Promise<boolean>
  remove(key: Key): Promise<boolean>
  /** Makes the writes, which are all done together, only if the key has this version then. Answers whether it did, when they are on the disk. */
  ifVersion(key: Key, version: number, writes: () => void): Promise<boolean>
  ifNoExists(key: Key, writes: () => void): Promise<boolean>
  /** Settles when the last of the writes begun so far has. */
  readonly committed: PromiseLike<boolean>
  /** What is read next is read from the newest commit. Otherwise that is so at the next turn of the event loop. */
  resetReadTxn(): void
  readerCheck(): number
}

export interface RootDatabase extends Database {
  openDB(name: string, options: object): Database
  transaction<T>(work: () => T): Promise<T>
  transactionSync<T>(work: () => T, flags?: number): T
  ensureReadTxn(): void
  close(): Promise<void>
}
