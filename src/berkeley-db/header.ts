import { closeSync, openSync, readSync } from 'node:fs'
import { StorageError } from '../errors.ts'
import { codeOf } from '../files/file-error.ts'

/** What the first page of a database file says about it. */
export interface Header {
  readonly method: AccessMethod
  /** What libdb knows the file by, whatever it is called: its locks are on these bytes. */
  readonly id: Uint8Array
}

export type AccessMethod = 'Hash' | 'Btree'

const MAGIC = 12
const VERSION = 16
const ENCRYPTION = 24
const FLAGS = 48
const ID = 52
const LENGTH = 72

const methods: ReadonlyMap<number, { name: string; versions: readonly number[]; several: number }> = new Map([
  [0x061561, { name: 'Hash', versions: [8, 9], several: 0x02 }],
  [0x053162, { name: 'Btree', versions: [9], several: 0x20 }],
  [0x042253, { name: 'Queue', versions: [], several: 0 }],
  [0x074582, { name: 'Heap', versions: [], several: 0 }],
])

const DUPLICATES = 0x01
const RECORD_NUMBERS = 0x02

/**
 * `undefined` when there is no such file, or nothing in it yet.
 *
 * @throws StorageError for a file that is no place for sessions
 */
export function readHeader(path: string, called: string): Header | undefined {
  const bytes = firstBytes(path)
  if (bytes === undefined || bytes.length === 0) return undefined
  const refuse = (why: string): never => {
    throw new StorageError(`${called} cannot be used: ${why}`)
  }
  const swapped = bytes.length === LENGTH && methods.has(bytes.readUInt32BE(MAGIC))
  const read = (at: number): number => (swapped ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at))
  const method = bytes.length === LENGTH ? methods.get(read(MAGIC)) : undefined
  if (!method) return refuse('it is not a Berkeley DB file, or it is damaged. It was left as it is')
  const { name, versions, several } = method
  if (versions.length === 0) refuse(`it is a ${name}, and sessions need a Hash or a Btree`)
  if (!versions.includes(read(VERSION))) {
    refuse(
      `its format is version ${read(VERSION)} of ${name}, and libdb 5.3 uses ${versions.join(' and ')}. Copy it ` +
        'with db_dump of the version that made it and db5.3_load',
    )
  }
  if (bytes[ENCRYPTION] !== 0) refuse('it is encrypted')
  if (name === 'Btree' && read(FLAGS) & RECORD_NUMBERS)
    refuse('it is a Recno, and sessions need a Hash or a Btree')
  if (read(FLAGS) & several) refuse('it holds several databases')
  if (read(FLAGS) & DUPLICATES) refuse('it may hold several records under one key (DB_DUP)')
  return { method: name as AccessMethod, id: Uint8Array.from(bytes.subarray(ID, LENGTH)) }
}

function firstBytes(path: string): Buffer | undefined {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
  try {
    const bytes = Buffer.alloc(LENGTH)
    return bytes.subarray(0, readSync(file, bytes, 0, LENGTH, 0))
  } finally {
    closeSync(file)
  }
}
