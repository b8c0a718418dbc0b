import { gunzipSync } from 'node:zlib'
import type { Image } from '../contracts/driver.ts'
import { StorageError } from '../errors.ts'
import type { Answer } from './line.ts'

/** What Perl's client compresses bears this flag. */
const gzipped = 2

/** No session is longer. */
const longest = 2 ** 28

/**
 * The image in an answer.
 *
 * @throws StorageError when the value is no image, by its flags
 */
export function imageOf(id: string, { extras, val }: Answer): Image {
  const flags = extras.readUInt32BE(0)
  if (flags === 0) return val
  const what = `What Memcached has for ${JSON.stringify(id)}`
  if (flags !== gzipped) {
    throw new StorageError(
      `${what} is no session: its flags are ${flags}${flags === 1 ? ', for a structure of Perl' : ''}. ` +
        'Sessions have 0, or 2 when they are compressed. Something else uses such keys: choose another prefix',
    )
  }
  try {
    return gunzipSync(val, { maxOutputLength: longest })
  } catch (cause) {
    throw new StorageError(`${what} cannot be decompressed, as its flags ask for`, { cause })
  }
}
