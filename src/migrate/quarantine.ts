import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Image } from '../contracts/driver.ts'
import { StorageError } from '../errors.ts'

/** A record that is not migrated. */
export interface Refused {
  readonly id: string
  readonly error: Error
  /** Its bytes in the source; undefined when they could not be read. */
  readonly image: Image | undefined
}

/**
 * A folder with what could not be migrated: for each record a file with its bytes, `….image`, and one that says why,
 * `….json`. They may hold what was in somebody's session, so only their owner can read them. A record that is set aside
 * once more takes the place of itself.
 */
export class Quarantine {
  constructor(private readonly folder: string) {}

  /** @throws StorageError */
  put({ id, error, image }: Refused): void {
    const path = join(this.folder, safeName(id))
    const about = {
      id,
      reason: error.message,
      code: 'code' in error ? error.code : undefined,
      bytes: image?.length,
    }
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 })
      if (image) writeFileSync(`${path}.image`, image, { mode: 0o600 })
      writeFileSync(`${path}.json`, `${JSON.stringify(about, undefined, 2)}\n`, { mode: 0o600 })
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new StorageError(`A record could not be put into quarantine: ${reason}`, { cause })
    }
  }
}

/** A file name that no other id has: what is harmless in the id, to know it by, and a hash of all of it. */
function safeName(id: string): string {
  const hash = createHash('sha256').update(id, 'utf16le').digest('hex')
  return `${id.replace(/[^\w-]/g, '_').slice(0, 64)}-${hash.slice(0, 16)}`
}
