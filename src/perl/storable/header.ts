import { ThawError } from '../../errors.ts'

/** How numbers lie in an image: as on the machine that wrote it, or the same everywhere ("network order"). */
export interface Flavour {
  readonly order: 'little' | 'big' | 'network'
  /** Bytes of an integer: 4 or 8. */
  readonly integerSize: number
  /** Bytes of a double: 8, or more where Perl was built with long doubles. */
  readonly doubleSize: number
  /** Whether the image is one of those that `store` and `nstore` put into files. */
  readonly isFile: boolean
}

export interface Header extends Flavour {
  /** Where the value begins. */
  readonly end: number
}

/** What `freeze` writes on nearly every machine of today. */
export const native: Flavour = { order: 'little', integerSize: 8, doubleSize: 8, isFile: false }
/** What `nfreeze` writes. */
export const network: Flavour = { ...native, order: 'network' }
const nativeFile: Flavour = { ...native, isFile: true }
const networkFile: Flavour = { ...network, isFile: true }

const fileMagic = Buffer.from('pst0')
const major = 2
const networkBit = 1
/** The bytes of integers 1, 2, 3 … as they lie in memory: `byteorder` in Perl's configuration. */
const byteOrders: Readonly<Record<string, readonly [Flavour['order'], number]>> = {
  '12345678': ['little', 8],
  '1234': ['little', 4],
  '87654321': ['big', 8],
  '4321': ['big', 4],
}
const doubleSizes = [8, 12, 16]

/** Throws `ThawError` for what is no Storable image, or one of a Storable before 0.7 (of 2000). */
export function readHeader(image: Uint8Array): Header {
  const fail = (reason: string, offset: number): never => {
    throw new ThawError('Storable', reason, offset)
  }
  const isFile = fileMagic.equals(image.subarray(0, fileMagic.length))
  let at = isFile ? fileMagic.length : 0
  const first = image[at] ?? fail('it is empty', at)
  if (first >> 1 !== major) fail(`version ${first >> 1} of the format, or something else`, at)
  const minor = image[at + 1] ?? fail('it ends in its header', at + 1)
  at += 2
  if ((first & networkBit) !== 0) return { ...network, isFile, end: at }

  const length = image[at++] ?? fail('it ends in its header', at)
  const sizes = minor >= 2 ? 4 : 3
  if (at + length + sizes > image.length) fail('it ends in its header', image.length)
  const name = String.fromCharCode(...image.subarray(at, at + length))
  const order = Object.hasOwn(byteOrders, name) ? byteOrders[name] : undefined
  if (order === undefined) return fail('an unknown byte order', at)
  at += length
  if (image[at] !== 4) fail('int is not of 4 bytes', at)
  const doubleSize = sizes === 4 ? (image[at + 3] ?? 0) : 8
  if (!doubleSizes.includes(doubleSize)) fail(`doubles of ${doubleSize} bytes`, at + 3)
  return { order: order[0], integerSize: order[1], doubleSize, isFile, end: at + sizes }
}

/** Versions of the format: 11 has patterns, and 8 all else that is written here. Older Storables read 8, too. */
const minorWithPatterns = 11
const minorWithout = 8

const headers = new WeakMap<Flavour, Buffer>()

/** The header for a flavour that is written here: `network`, or little-endian with 8 bytes. Not to be changed. */
export function headerFor(flavour: Flavour): Buffer {
  const known = headers.get(flavour)
  if (known !== undefined) return known
  const header = makeHeader(flavour)
  headers.set(flavour, header)
  return header
}

function makeHeader({ order, isFile }: Flavour): Buffer {
  const magic = isFile ? fileMagic : Buffer.alloc(0)
  if (order === 'network') return Buffer.from([...magic, (major << 1) | networkBit, minorWithout])
  const sizes = [4, 8, 8, 8]
  return Buffer.from([...magic, major << 1, minorWithout, 8, ...Buffer.from('12345678'), ...sizes])
}

/** Notes in a header of `headerFor` that the image has a pattern. */
export function markPatterns(image: Uint8Array, { isFile }: Flavour): void {
  image[isFile ? fileMagic.length + 1 : 1] = minorWithPatterns
}

/**
 * The flavour to write when an image of that flavour is replaced: the same where it is written here, else network
 * order, which every machine reads.
 */
export function writable(flavour: Flavour): Flavour {
  const { order, integerSize, doubleSize, isFile } = flavour
  const isNative =
    order === native.order && integerSize === native.integerSize && doubleSize === native.doubleSize
  if (isFile) return isNative ? nativeFile : networkFile
  return isNative ? native : network
}
