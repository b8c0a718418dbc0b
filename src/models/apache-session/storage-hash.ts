import type { Image } from '../../contracts/driver.ts'
import type { Hash } from '../../contracts/serializer.ts'
import { isPlainObject } from '../../hash.ts'
import { asciiJson, asBuffer, imageOfJson } from '../../image-text.ts'

/** The key of an image that a storage class cannot be shown as what it means. */
const IMAGE = '_data_session_image'

/**
 * What a storage class is given for an image: the session's own hash where `serialize:JSON` wrote it; else one with the
 * bytes as text. A record of no bytes is an empty hash.
 */
export function hashOfImage(image: Image, id: string): Hash {
  if (image.length === 0) return {}
  return jsonHash(image) ?? { _session_id: id, [IMAGE]: asBuffer(image).toString('base64') }
}

/** The image that `hashOfImage` was given. */
export function imageOfHash(hash: Hash): Image {
  const image = hash[IMAGE]
  if (typeof image === 'string') return Buffer.from(image, 'base64')
  return Object.keys(hash).length === 0 ? new Uint8Array() : imageOfJson(JSON.stringify(hash))
}

/** Only if the very same bytes can be made of it again. */
function jsonHash(image: Image): Hash | undefined {
  try {
    const text = asBuffer(image).toString('latin1')
    const hash: unknown = JSON.parse(text)
    if (!isPlainObject(hash) || Object.keys(hash).length === 0 || Object.hasOwn(hash, IMAGE)) return undefined
    return asciiJson(JSON.stringify(hash)) === text ? hash : undefined
  } catch {
    return undefined
  }
}
