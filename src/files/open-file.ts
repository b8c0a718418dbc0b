import {
  closeSync,
  constants,
  fstatSync,
  fsync,
  ftruncateSync,
  openSync,
  readSync,
  type Stats,
  writeSync,
} from 'node:fs'
import { promisify } from 'node:util'
import { codeOf, notAFile } from './file-error.ts'

/** An open regular file. */
export interface OpenFile {
  readonly fd: number
  readonly stat: Stats
}

const waitForDisk = promisify(fsync)

/**
 * What every opening adds: a link is not followed (unless wanted), and a pipe that somebody put there does not make
 * the process wait for its other end. Windows has neither.
 */
export function safeFlags(follow = false): number {
  return (follow ? 0 : (constants.O_NOFOLLOW ?? 0)) | (constants.O_NONBLOCK ?? 0)
}

/** A descriptor, or `undefined` when there is nothing under this path. */
export function openIfThere(path: string, flags: number): number | undefined {
  try {
    return openSync(path, flags)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** A descriptor of a new, empty file, or `undefined` when there is something under this path already. */
export function openIfNew(path: string, mode: number): number | undefined {
  const { O_CREAT, O_EXCL, O_RDWR } = constants
  try {
    return openSync(path, O_CREAT | O_EXCL | O_RDWR | safeFlags(), mode)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return undefined
    throw error
  }
}

/** Makes an empty file. Answers whether there was nothing under this path before. */
export function makeEmpty(path: string, mode: number): boolean {
  const fd = openIfNew(path, mode)
  if (fd !== undefined) closeSync(fd)
  return fd !== undefined
}

/** The file behind a descriptor. Throws for a folder, a pipe and the like. */
export function openFile(path: string, fd: number): OpenFile {
  const stat = fstatSync(fd)
  if (!stat.isFile()) throw notAFile(path)
  return { fd, stat }
}

/** All bytes of a file that is `size` bytes long; fewer, if it has been cut meanwhile. */
export function readAll(fd: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size)
  let length = 0
  while (length < size) {
    const count = readSync(fd, bytes, length, size - length, length)
    if (count === 0) return bytes.subarray(0, length)
    length += count
  }
  return bytes
}

/** Whether the file holds exactly these bytes. */
export function holds({ fd, stat }: OpenFile, bytes: Uint8Array): boolean {
  return stat.size === bytes.length && readAll(fd, bytes.length).equals(bytes)
}

/** Writes the bytes from the start of the file on; what the file had behind them stays. */
export function writeAll(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, done)
}

/** Makes the bytes the whole content of the file. Never empties it first. */
export function overwrite(fd: number, bytes: Uint8Array): void {
  writeAll(fd, bytes)
  ftruncateSync(fd, bytes.length)
}

/** Afterwards what was written to this file, or what happened to the entries of this folder, is on the disk. */
export async function flush(path: string, follow = true): Promise<void> {
  const fd = openSync(path, constants.O_RDONLY | safeFlags(follow))
  try {
    await waitForDisk(fd)
  } finally {
    closeSync(fd)
  }
}
