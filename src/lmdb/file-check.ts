import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { StorageError } from '../errors.ts'

const magic = 0xbeefc0de
const format = 2

/** The bytes of a description with what is before it. */
const shortest = 160

/** Where the description of the file begins: behind the head of its page, which was shorter in format 1. */
const start = 24
const startInFormat1 = 16

const largestPage = 0x10000

/** In place of a page's number: there is none, since nothing is in there. */
const nothing = 0xffff_ffff_ffff_ffffn

/** What one of the first two pages says of the file. Each commit writes one of them; the later commit counts. */
interface Description {
  readonly pageSize: number
  readonly commit: bigint
  /** The pages at the roots of the list of free pages and of the list of databases. */
  readonly roots: readonly bigint[]
}

/**
 * Refuses a file that LMDB cannot use. The package would end the process, at the latest when it is read: it is mapped
 * into memory, and the system ends a process that looks behind the end of such a file.
 *
 * What is checked is the beginning, and that the file goes on as far as what everything else hangs on. The size alone
 * says nothing: free pages at the end need not be there.
 *
 * @throws StorageError
 */
export function checkFile(path: string): void {
  const { head, size } = beginningOf(path)
  if (size === 0) return
  const first = describe(head)
  if (!first) throw new StorageError(`${path} cannot be opened with LMDB: ${whyNot(head)}`)
  const second = describe(head.subarray(first.pageSize))
  const { roots, pageSize } = second && second.commit > first.commit ? second : first
  const pages = BigInt(Math.floor(size / pageSize))
  if (second && roots.every((root) => root === nothing || root < pages)) return
  throw new StorageError(`LMDB file ${path} was cut off after ${size} bytes. Restore it from a backup`)
}

function whyNot(head: Buffer): string {
  if (head.length >= shortest) {
    if (head.readUInt32LE(start) === magic) {
      return `it is in format ${head.readUInt16LE(start + 4)}, and the package lmdb is for format ${format}`
    }
    if (head.readUInt32LE(startInFormat1) === magic) {
      return `it is in format 1, of LMDB 0.9, as Perl and Debian have it; the package lmdb is for format ${format}`
    }
  }
  return 'it belongs to something else, or is damaged'
}

function beginningOf(path: string): { head: Buffer; size: number } {
  const fd = openSync(path, 'r')
  try {
    const head = Buffer.alloc(2 * largestPage)
    const length = readSync(fd, head, 0, head.length, 0)
    // Asked last: the file may grow meanwhile.
    return { head: head.subarray(0, length), size: fstatSync(fd).size }
  } finally {
    closeSync(fd)
  }
}

function describe(page: Buffer): Description | undefined {
  if (page.length < shortest || page.readUInt32LE(start) !== magic) return undefined
  if (page.readUInt16LE(start + 4) !== format) return undefined
  return {
    pageSize: page.readUInt32LE(48),
    commit: page.readBigUInt64LE(152),
    roots: [page.readBigUInt64LE(88), page.readBigUInt64LE(136)],
  }
}
