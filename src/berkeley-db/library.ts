import type * as Koffi from 'koffi'
import { MissingPackageError } from '../errors.ts'
import { loadPackage } from '../load-package.ts'

/** An address in memory. */
export type Pointer = bigint

type Argument = Pointer | NodeJS.ArrayBufferView | string | number | null

/** A function of libdb, which answers 0 or the number of an error. */
export interface Call {
  (...args: Argument[]): number
  async(...args: [...Argument[], (error: Error | null, code: number) => void]): void
}

type Signature = readonly [offset: number, ...types: string[]]

const handle = 'void *'
const out = 'void *'
const flags = 'uint32_t'

/**
 * Where the structures of db.h have their methods, in bytes: what every program that was compiled with the header of
 * libdb 5.3 for 64 bits relies on. Unlike the names of the functions behind them it is the same in every build.
 */
const environmentMethods = {
  cdsgroupBegin: [480, handle, out],
  close: [488, handle, flags],
  lockDetect: [976, handle, flags, 'uint32_t', out],
  lockPut: [1008, handle, 'void *'],
  lockVec: [1032, handle, 'uint32_t', flags, 'void *', 'int', out],
  open: [1328, handle, 'str', flags, 'int'],
  setCachesize: [1632, handle, 'uint32_t', 'uint32_t', 'int'],
  setErrfile: [1696, handle, 'void *'],
} as const satisfies Record<string, Signature>

const databaseMethods = {
  close: [568, handle, flags],
  cursor: [584, handle, 'void *', out, flags],
  del: [592, handle, 'void *', 'void *', flags],
  get: [632, handle, 'void *', 'void *', 'void *', flags],
  open: [1008, handle, 'void *', 'str', 'str', 'int', flags, 'int'],
  put: [1024, handle, 'void *', 'void *', 'void *', flags],
  setErrfile: [1136, handle, 'void *'],
  sync: [1352, handle, flags],
} as const satisfies Record<string, Signature>

const groupMethods = {
  commit: [240, handle, flags],
  id: [272, handle],
} as const satisfies Record<string, Signature>

const cursorMethods = {
  close: [352, handle],
  get: [392, handle, 'void *', 'void *', flags],
} as const satisfies Record<string, Signature>

type Methods<T> = { readonly [K in keyof T]: Call }

const NAMES = ['libdb-5.3.so', 'libdb-5.3.dylib']

/** libdb 5.3, called through the package koffi. */
export class Library {
  readonly #koffi: typeof Koffi
  readonly #createEnvironment: Call
  readonly #createDatabase: Call
  readonly #message: (code: number) => string
  // Each is found at the first object of its kind.
  #environment: Methods<typeof environmentMethods> | undefined
  #database: Methods<typeof databaseMethods> | undefined
  #group: Methods<typeof groupMethods> | undefined
  #cursor: Methods<typeof cursorMethods> | undefined

  /** @throws MissingPackageError */
  static async load(): Promise<Library> {
    loaded ??= new Library(await loadPackage('koffi', 'BerkeleyDB', () => import('koffi')))
    return loaded
  }

  private constructor(koffi: typeof Koffi) {
    this.#koffi = koffi
    const library = open(koffi)
    const version = library.func('str db_version(void *, void *, void *)') as unknown as (
      ...parts: Int32Array[]
    ) => string
    const major = new Int32Array(1)
    const minor = new Int32Array(1)
    const called = version(major, minor, new Int32Array(1))
    if (major[0] !== 5 || minor[0] !== 3) {
      throw new MissingPackageError(`driver:BerkeleyDB needs libdb 5.3, and this is ${called}`)
    }
    this.#createEnvironment = library.func('int db_env_create(void *, uint32_t)')
    this.#createDatabase = library.func('int db_create(void *, void *, uint32_t)')
    this.#message = library.func('str db_strerror(int)')
  }

  /** What libdb says about an error. */
  messageOf(code: number): string {
    return this.#message(code)
  }

  addressOf({ buffer, byteOffset }: NodeJS.ArrayBufferView): Pointer {
    // Of the buffer: what small arrays have without one is moved about by the garbage collection.
    return this.#koffi.address(buffer) + BigInt(byteOffset)
  }

  /** A new handle of an environment, or the number of an error. */
  createEnvironment(): Pointer | number {
    const place = newPlace()
    const code = this.#createEnvironment(place, 0)
    if (code !== 0) return code
    this.#environment ??= this.#methods(place[0]!, environmentMethods)
    this.#environment.setErrfile(place[0]!, null) // or libdb writes to standard error
    return place[0]!
  }

  /** A new handle of a database, or the number of an error. */
  createDatabase(environment: Pointer | null): Pointer | number {
    const place = newPlace()
    const code = this.#createDatabase(place, environment, 0)
    if (code !== 0) return code
    this.#database ??= this.#methods(place[0]!, databaseMethods)
    if (environment === null) this.#database.setErrfile(place[0]!, null)
    return place[0]!
  }

  get environment(): Methods<typeof environmentMethods> {
    return this.#environment!
  }

  get database(): Methods<typeof databaseMethods> {
    return this.#database!
  }

  /** The methods of locker groups, of which this is one. */
  group(group: Pointer): Methods<typeof groupMethods> {
    return (this.#group ??= this.#methods(group, groupMethods))
  }

  /** The methods of cursors, of which this is one. */
  cursor(cursor: Pointer): Methods<typeof cursorMethods> {
    return (this.#cursor ??= this.#methods(cursor, cursorMethods))
  }

  #methods<T extends Record<string, Signature>>(object: Pointer, table: T): Methods<T> {
    const koffi = this.#koffi
    const entries = Object.entries(table).map(([name, [offset, ...types]]) => {
      const address = koffi.decode(object, offset, 'void *') as Pointer
      return [name, koffi.decode(address, koffi.proto('int', types)) as Call]
    })
    return Object.fromEntries(entries) as Methods<T>
  }
}

let loaded: Library | undefined

/** Where a call can put a pointer. */
export function newPlace(): BigUint64Array {
  return new BigUint64Array(new ArrayBuffer(8))
}

/** Makes the call in the thread pool. Answers with the number of an error, or 0. */
export function later(call: Call, ...args: Argument[]): Promise<number> {
  return new Promise((resolve, reject) => {
    call.async(...args, (error, code) => {
      if (error) reject(error)
      else resolve(code)
    })
  })
}

function open(koffi: typeof Koffi): Koffi.LibraryHandle {
  if (koffi.sizeof('void *') !== 8 || process.platform === 'win32') {
    throw new MissingPackageError('driver:BerkeleyDB needs libdb 5.3 for 64 bits, on Linux or macOS')
  }
  let cause: unknown
  for (const name of NAMES) {
    try {
      return koffi.load(name)
    } catch (error) {
      cause ??= error
    }
  }
  throw new MissingPackageError(
    'driver:BerkeleyDB needs the library libdb 5.3, which is not installed. On Debian and Ubuntu: apt install libdb5.3',
    { cause },
  )
}
