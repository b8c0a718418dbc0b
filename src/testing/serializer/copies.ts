import type { Hash } from '../../contracts/serializer.ts'
import { fail, same } from '../assertions.ts'
import { chapter, expectBack } from './trial.ts'

const sample = (): Hash => ({ name: 'Zoë', list: ['a', ['b']], inner: { key: 'value', empty: {} } })

/** Neither direction keeps, shares or changes what it was given. */
export const copies = chapter('copies', {
  'freeze answers with bytes': ({ serializer }) => {
    const image: unknown = serializer.freeze(sample())
    if (!(image instanceof Uint8Array)) fail('freeze answered with something else than a Uint8Array')
  },

  'freeze does not change its hash': ({ serializer }) => {
    const hash = sample()
    serializer.freeze(hash)
    same(hash, sample(), 'the hash after freeze')
  },

  'freeze takes what cannot be changed': ({ serializer }) => {
    const hash = Object.freeze({ list: Object.freeze(['a', Object.freeze({ b: 'c' })]) })
    expectBack(serializer, hash, serializer.freeze(hash))
  },

  'an image stays when the hash changes': ({ serializer }) => {
    const hash = sample()
    const image = serializer.freeze(hash)
    hash['name'] = 'other'
    expectBack(serializer, sample(), image)
  },

  'an image stays when another is made': ({ serializer }) => {
    const image = serializer.freeze(sample())
    serializer.freeze({ other: 'x'.repeat(1000) })
    serializer.freeze({ o: 'x' })
    expectBack(serializer, sample(), image)
  },

  'a hash stays when its image is overwritten': ({ serializer }) => {
    const image = Uint8Array.from(serializer.freeze(sample()))
    const hash = serializer.thaw(image)
    image.fill(0)
    expectBack(serializer, sample(), serializer.freeze(hash))
  },

  'thaw does not change its image': ({ serializer }) => {
    const image = Uint8Array.from(serializer.freeze(sample()))
    const before = Uint8Array.from(image)
    serializer.thaw(image)
    same(image, before, 'the image after thaw')
  },

  'two hashes of one image share nothing': ({ serializer }) => {
    const image = serializer.freeze(sample())
    const one = serializer.thaw(image) as { list: unknown[]; inner: Hash }
    one.list.push('more')
    one.inner['key'] = 'other'
    expectBack(serializer, sample(), image)
  },

  'thaw reads a plain Uint8Array, and the part of a larger buffer': ({ serializer }) => {
    const image = Uint8Array.from(serializer.freeze(sample()))
    expectBack(serializer, sample(), image)
    const larger = new Uint8Array(image.length + 20).fill(0x78)
    larger.set(image, 7)
    expectBack(serializer, sample(), larger.subarray(7, 7 + image.length))
  },
})
