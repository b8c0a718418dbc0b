import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import MD5 from '../../id-generators/MD5.ts'
import SHA1 from '../../id-generators/SHA1.ts'
import SHA256 from '../../id-generators/SHA256.ts'
import SHA512 from '../../id-generators/SHA512.ts'
import UUID16 from '../../id-generators/UUID16.ts'
import UUID34 from '../../id-generators/UUID34.ts'
import UUID36 from '../../id-generators/UUID36.ts'
import UUID64 from '../../id-generators/UUID64.ts'
import { IdGeneratorError } from '../../src/errors.ts'

const ones = (size: number) => new Uint8Array(size).fill(255)
const counting = (size: number) => Uint8Array.from({ length: size }, (_, index) => index)

const UUID = '00010203-0405-4607-8809-0A0B0C0D0E0F'

describe.each([
  { Generator: MD5, length: 32, form: /^[0-9a-f]+$/, counted: '000102030405060708090a0b0c0d0e0f' },
  { Generator: SHA1, length: 40, form: /^[0-9a-f]+$/, counted: Buffer.from(counting(20)).toString('hex') },
  { Generator: SHA256, length: 64, form: /^[0-9a-f]+$/, counted: Buffer.from(counting(32)).toString('hex') },
  { Generator: SHA512, length: 128, form: /^[0-9a-f]+$/, counted: Buffer.from(counting(64)).toString('hex') },
  {
    Generator: UUID16,
    length: 16,
    // eslint-disable-next-line no-control-regex
    form: /^[\u0000-\u00ff]+$/,
    counted: '\x00\x01\x02\x03\x04\x05F\x07\x88\x09\x0a\x0b\x0c\x0d\x0e\x0f',
  },
  { Generator: UUID34, length: 34, form: /^0x[0-9A-F]{32}$/, counted: `0x${UUID.replaceAll('-', '')}` },
  {
    Generator: UUID36,
    length: 36,
    form: /^[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$/,
    counted: UUID,
  },
  { Generator: UUID64, length: 24, form: /^[A-Za-z0-9+/]{22}==$/, counted: 'AAECAwQFRgeICQoLDA0ODw==' },
])('$Generator.name', ({ Generator, length, form, counted }) => {
  test(`makes ${length} characters of its form, each time others`, () => {
    const generator = new Generator(randomBytes)
    const ids = Array.from({ length: 500 }, () => generator.generate())
    for (const id of ids) {
      expect(id).toHaveLength(length)
      expect(id).toMatch(form)
    }
    expect(new Set(ids).size).toBe(500)
    expect(generator.idLength).toBe(length)
  })

  test('makes them of the bytes of the random source and nothing else', () => {
    expect(new Generator(counting).generate()).toBe(counted)
  })

  test('every character varies as far as its form allows', () => {
    const generator = new Generator(randomBytes)
    const ids = Array.from({ length: 500 }, () => generator.generate())
    const variety = Array.from({ length }, (_, at) => new Set(ids.map((id) => id[at])).size)
    // What is fixed: 0x, the hyphens, the version, the padding.
    expect(variety.filter((count) => count === 1).length).toBeLessThanOrEqual(5)
  })

  test('names an id that is as long and no easier to store', () => {
    const { hardestId } = new Generator(ones)
    expect(hardestId).toHaveLength(length)
    expect(hardestId).toMatch(form.source.startsWith('^[0-9A-F]{8}-') ? UUID36_FORM : form)
  })

  test('refuses a source that gives too little', () => {
    expect(() => new Generator((size) => new Uint8Array(size - 1)).generate()).toThrow(IdGeneratorError)
  })
})

const UUID36_FORM = /^[0-9A-F-]{36}$/
