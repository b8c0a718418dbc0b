import { randomFillSync } from 'node:crypto'
import type { RandomSource } from './contracts/services.ts'

const POOL_SIZE = 4096

/**
 * Bytes from the system's secure source, fetched in larger pieces: one call for each id would cost more than the rest
 * of making it. No byte is given out twice, and none stays in the pool once it was given out.
 */
export function pooledRandom(): RandomSource {
  const pool = new Uint8Array(POOL_SIZE)
  let used = POOL_SIZE
  return (size) => {
    if (size > POOL_SIZE) return randomFillSync(new Uint8Array(size))
    if (used + size > POOL_SIZE) {
      randomFillSync(pool)
      used = 0
    }
    const bytes = pool.slice(used, used + size)
    pool.fill(0, used, used + size)
    used += size
    return bytes
  }
}
