import { fail } from '../assertions.ts'
import { seededRandom } from '../context.ts'
import { chapter, expectImage, expectListed, imageOf, plainId } from './trial.ts'

const id = plainId(1)
const MEBIBYTE = 1024 * 1024

const textLike: Readonly<Record<string, Uint8Array>> = {
  'UTF-8 text': imageOf('café ☕ 😀'),
  'text that is not UTF-8': Uint8Array.of(0x63, 0x61, 0x66, 0xe9),
  'broken UTF-8': Uint8Array.of(0xc3, 0x28, 0xed, 0xa0, 0x80, 0xf4, 0x90, 0x80, 0x80, 0xff, 0xfe),
  'a byte order mark': Uint8Array.of(0xef, 0xbb, 0xbf, 0x61),
  'spaces around': imageOf('  a  '),
  'line ends': imageOf('\r\na\r\nb\nc\r'),
  'a backslash and quotes': imageOf('\\x41 \' " \\'),
  hexadecimal: imageOf('\\xdeadbeef'),
  'a number': imageOf('0123'),
  zero: imageOf('0'),
}

/** What comes back is what was given, byte by byte. */
export const bytes = chapter('bytes', [], {
  'keeps every byte value': async ({ driver }) => {
    const image = Uint8Array.from({ length: 512 }, (_, index) => (index < 256 ? index : 511 - index))
    await driver.store(id, image, undefined)
    await expectImage(driver, id, image, 'of an image with every byte value')
  },

  'keeps NUL bytes at both ends and alone': async ({ driver }) => {
    const images = ['\0a', 'a\0', '\0a\0', '\0', '\0\0\0', 'a\0b'].map(imageOf)
    for (const [number, image] of images.entries()) await driver.store(plainId(number), image, undefined)
    for (const [number, image] of images.entries())
      await expectImage(driver, plainId(number), image, 'with NUL')
  },

  'keeps an image of no bytes, as a record': async ({ driver }) => {
    await driver.store(id, new Uint8Array(0), undefined)
    await expectImage(driver, id, new Uint8Array(0), 'of an empty image')
    await expectListed(driver, [id], 'with an empty image')
  },

  'takes images for bytes, whatever they look like': async ({ driver }) => {
    for (const [what, image] of Object.entries(textLike)) {
      await driver.store(id, image, undefined)
      await expectImage(driver, id, image, `of ${what}`)
    }
  },

  'keeps a large image': async ({ driver, limits }) => {
    const image = seededRandom(1)(Math.min(limits.maxImage ?? MEBIBYTE, MEBIBYTE))
    await driver.store(id, image, undefined)
    await expectImage(driver, id, image, `of ${image.length} bytes`)
  },

  'refuses an image over its limit, and leaves the old one': async ({ driver, limits }) => {
    if (limits.maxImage === undefined) return 'this driver has no limit'
    await driver.store(id, imageOf('old'), undefined)
    try {
      await driver.store(id, new Uint8Array(limits.maxImage + 1), undefined)
    } catch {
      return expectImage(driver, id, imageOf('old'), 'after a refused store')
    }
    fail(`store(${id}) of ${limits.maxImage + 1} bytes did not throw`)
  },

  'replaces a long image by a short one': async ({ driver }) => {
    await driver.store(id, imageOf('long '.repeat(2000)), undefined)
    await driver.store(id, imageOf('short'), undefined)
    await expectImage(driver, id, imageOf('short'), 'after a longer image')
    await expectListed(driver, [id], 'after two stores')
  },

  'takes a Buffer, and the part of a larger buffer': async ({ driver }) => {
    await driver.store(id, Buffer.from('a buffer'), undefined)
    await expectImage(driver, id, imageOf('a buffer'), 'of a Buffer')
    await driver.store(id, imageOf('the middle part of it').subarray(4, 10), undefined)
    await expectImage(driver, id, imageOf('middle'), 'of a part of a buffer')
  },

  "keeps its image when the caller's buffer changes": async ({ driver }) => {
    const given = imageOf('given')
    await driver.store(id, given, undefined)
    given.fill(0x78)
    await expectImage(driver, id, imageOf('given'), 'after the stored buffer was overwritten')
  },

  'keeps its image when a retrieved buffer changes': async ({ driver }) => {
    await driver.store(id, imageOf('given'), undefined)
    const [first, second] = [await driver.retrieve(id), await driver.retrieve(id)]
    first?.image.fill(0x78)
    await expectImage(driver, id, imageOf('given'), 'after a retrieved buffer was overwritten')
    if (Buffer.compare(second?.image ?? new Uint8Array(0), imageOf('given')) !== 0) {
      fail(`two answers of retrieve(${id}) share their bytes`)
    }
  },
})
