import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { getSystemErrorName } from 'node:util'
import type * as Koffi from 'koffi'
import type { Flock } from './flock.ts'

// The same numbers on Linux, macOS and the BSDs.
const OPERATIONS = { shared: 1, exclusive: 2 } as const
const WITHOUT_WAITING = 4

const { EINTR, EWOULDBLOCK } = constants.errno

/** flock(2) of the C library, called through the package koffi: about 2 µs. `undefined` when koffi cannot be had. */
export function koffiFlock(): Flock | undefined {
  const library = load()
  if (library === undefined) return undefined
  const { flock, errno } = library

  return {
    tryLock(fd, kind) {
      for (;;) {
        if (flock(fd, OPERATIONS[kind] | WITHOUT_WAITING) === 0) return true
        const code = errno()
        if (code === EWOULDBLOCK) return false
        if (code !== EINTR)
          throw new Error(
            `flock failed with ${getSystemErrorName(-code)} (the option noFlock does without locks)`,
          )
      }
    },
  }
}

function load(): { flock: (fd: number, operation: number) => number; errno: () => number } | undefined {
  if (process.platform === 'win32') return undefined
  try {
    const koffi = createRequire(import.meta.url)('koffi') as typeof Koffi
    const flock = koffi.load(null).func('int flock(int, int)') as unknown as (
      fd: number,
      operation: number,
    ) => number
    return { flock, errno: () => koffi.errno() }
  } catch {
    // Not installed, or not built for this system: there is another way, and a warning when that fails as well.
    return undefined
  }
}
