import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { isPlainObject, setKey } from '../../src/hash.ts'
import { parseFreezeThaw } from '../../src/perl/freezethaw/reader.ts'
import { writeFreezeThaw } from '../../src/perl/freezethaw/writer.ts'
import { perlDefaults } from '../../src/perl/options.ts'
import { Blessed, JsonBoolean, PerlString, type Referent, Regexp, ScalarRef } from '../../src/perl/values.ts'
import { goldenRecords } from '../serializers/golden.ts'
import { type Notation, notation, pointsOf } from './notation.ts'
import { Perl } from './perl.ts'

const perl = await Perl.start(['ft'])
afterAll(() => perl?.end())

const asString = (value: number | bigint) => ({ string: String(value) })

/** Perl sees strings where we see numbers and booleans. */
function seenByPerl(value: unknown): Notation {
  return notation(value, { booleans: 'string', numbers: asString })
}

async function readByPerl(image: Uint8Array): Promise<Notation> {
  return perl!.thaw('ft', image)
}

const bytes = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) })
const tricky = fc.constantFrom('FrT;@1|', '@1|', '$3|abc', '0', '007', '1e3', '', '|', '12|34', '__proto__')
const text = fc.oneof(fc.string(), bytes, tricky, fc.constant('x'.repeat(300)))
const wideText = fc.oneof(text, fc.string({ unit: 'binary' }), fc.constantFrom('\u263a', '\u{1f600}', '\xe9'))
const className = fc.constantFrom('My::Class', 'Plain', 'A::B_1', 'K\xe9')

/** Perl's exponents have two digits. */
const number = fc
  .oneof(fc.integer(), fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }))
  .filter((value) => !/e[-+]\d$/.test(String(value)) && !Object.is(value, -0))
const bigint = fc
  .bigInt({ min: 2n ** 53n, max: 2n ** 70n })
  .filter((value) => String(Number(value)) !== String(value))

function session(text: fc.Arbitrary<string>): fc.Arbitrary<Record<string, unknown>> {
  const { value } = fc.letrec<{ value: unknown; referent: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5, depthSize: 'large', withCrossShrink: true },
      fc.constant(null),
      number,
      bigint,
      fc.boolean(),
      text,
      { weight: 6, arbitrary: tie('referent') },
      fc.tuple(className, tie('referent')).map(([name, inner]) => new Blessed(name, inner as Referent)),
    ),
    referent: fc.oneof(
      { weight: 3, arbitrary: fc.array(tie('value'), { maxLength: 5 }) },
      { weight: 3, arbitrary: fc.dictionary(text, tie('value'), { maxKeys: 5 }) },
      tie('value').map((value) => new ScalarRef(value)),
    ),
  }))
  const links = fc.array(fc.tuple(fc.nat(30), fc.nat(30)), { maxLength: 5 })
  const hash = fc.dictionary(text, value, { minKeys: 2, maxKeys: 6 })
  return fc.tuple(hash, links).map(([hash, links]) => graft(copy(hash), links) as Record<string, unknown>)
}

function copy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copy)
  if (value instanceof Blessed) return new Blessed(value.className, copy(value.value) as Referent)
  if (value instanceof ScalarRef) return new ScalarRef(copy(value.value))
  if (!isPlainObject(value)) return value
  const hash = {}
  for (const key of Object.keys(value)) setKey(hash, key, copy(value[key]))
  return hash
}

/** Puts references to one part of a value into other parts. */
function graft(top: unknown, links: readonly (readonly [number, number])[]): unknown {
  const owners: unknown[] = []
  const containers: (unknown[] | Record<string, unknown>)[] = []
  const collect = (value: unknown, owner: unknown): void => {
    if (value instanceof Blessed) collect(value.value, value)
    else if (value instanceof ScalarRef) {
      owners.push(owner)
      collect(value.value, value.value)
    } else if (Array.isArray(value) || isPlainObject(value)) {
      owners.push(owner)
      containers.push(value)
      for (const element of Object.values(value)) collect(element, element)
    }
  }
  collect(top, top)
  for (const [from, to] of links) {
    const link = owners[from % owners.length]
    const target = containers[to % containers.length]
    if (Array.isArray(target)) target.push(link)
    else setKey(target!, `link ${from} ${to}`, link)
  }
  return top
}

/** Like `toEqual`, and quick when they are. */
function expectSame(value: unknown, expected: unknown): void {
  if (JSON.stringify(value) !== JSON.stringify(expected)) expect(value).toEqual(expected)
}

describe.skipIf(!perl)('with live Perl', () => {
  test('Perl reads what is written here, and writes the same', async () => {
    const property = fc.asyncProperty(session(text), async (value) => {
      const image = writeFreezeThaw(value)
      expectSame(await readByPerl(image), seenByPerl(value))
      expectSame(notation(parseFreezeThaw(image)), notation(value))
      const answer = await perl!.freeze('ft', seenByPerl(value))
      expectSame(answer.image.toString('latin1'), withoutMarks(value))
    })
    await fc.assert(property, { numRuns: 120 })
  })

  test('what Perl writes is read here as Perl reads it, or would if it could read wide text', async () => {
    const property = fc.asyncProperty(session(wideText), async (value) => {
      const { image, reread, original } = await perl!.freeze('ft', seenByPerl(value))
      const read = parseFreezeThaw(image)
      expectSame(notation(read), reread ?? original)
      if (reread !== undefined) expectSame(Buffer.from(writeFreezeThaw(read)), image)
    })
    await fc.assert(property, { numRuns: 120 })
  })

  test('text as octets', async () => {
    const options = { ...perlDefaults, perlText: 'utf8' } as const
    const property = fc.asyncProperty(session(fc.string({ unit: 'binary' })), async (value) => {
      const image = writeFreezeThaw(value, options)
      expectSame(await readByPerl(image), seenByPerl(asOctets(value, new Map())))
      expectSame(notation(parseFreezeThaw(image, options)), notation(value))
    })
    await fc.assert(property, { numRuns: 50 })
  })

  test('the strings that numbers are', async () => {
    const given = [
      0.1,
      1e-7,
      1.5e-10,
      1e21,
      2 ** 53,
      -0,
      Infinity,
      -Infinity,
      Number.NaN,
      10n ** 30n,
      true,
      false,
    ]
    const strings = ['0.1', '1e-07', '1.5e-10', '1e+21', '9007199254740992', '-0', 'Inf', '-Inf', 'NaN']
    const image = writeFreezeThaw(given)
    const seen = [...strings, `1${'0'.repeat(30)}`, '1', '']
    expectSame(await readByPerl(image), notation(seen))
    expect(parseFreezeThaw(image)).toEqual(given)
  })

  test('numbers, once Perl has written them, are strings', async () => {
    const read = await readByPerl(writeFreezeThaw({ a: 1, b: true }))
    const { image } = await perl!.freeze('ft', read)
    expect(parseFreezeThaw(image)).toEqual({ a: '1', b: '1' })
  })

  test('patterns', async () => {
    const printed = [
      ['ab', 'i', '(?^i:ab)'],
      ['', '', '(?^:)'],
      ['a/b', '', '(?^:a/b)'],
      ['x #y', 'x', '(?^x:x #y\n)'],
      ['[#]', 'x', '(?^x:[#]\n)'],
      ['\xe9', 'u', '(?^u:\xe9)'],
      ['\u263a', 'u', '(?^u:\\x{263a})'],
      ['\\\u263a', '', '(?^:\\x{263a})'],
      ['a\\\\', '', '(?^:a\\\\)'],
      ['a|b', 'msixxn', '(?^msixxn:a|b)'],
      ['(?-xism:a)', '', '(?^:(?-xism:a))'],
    ] as const
    const patterns = printed.map(([pattern, flags]) => new Regexp(pattern, flags))
    const blessed = new Blessed('My', new Regexp('z', 'i'))
    const image = writeFreezeThaw([...patterns, blessed, patterns[0]])
    const seen = (await readByPerl(image)) as unknown as [string, number, Notation[]]
    const texts = seen[2].map((each) => (each[0] === 'object' ? (each[2] as Notation) : each)[2])
    expect(texts).toEqual([...printed.map(([, , text]) => text), '(?^i:z)', '(?^i:ab)'].map(pointsOf))
    expect(seen[2].at(-2)?.slice(0, 2)).toEqual(['object', pointsOf('My')])
    expect(writeFreezeThaw(parseFreezeThaw(image))).toEqual(image)
    const read = parseFreezeThaw(image) as unknown[]
    expect([read[0], read.at(-2), read.at(-1)]).toEqual([
      new Regexp('ab', 'i'),
      blessed,
      new Regexp('ab', 'i'),
    ])
  })

  test('booleans of a JSON module, shared as they are in Perl', async () => {
    const yes = new JsonBoolean(true)
    const value = { a: yes, b: yes, c: new JsonBoolean(false) }
    const scalar = new Blessed('JSON::PP::Boolean', new ScalarRef('1'))
    const seen = { a: scalar, b: scalar, c: new Blessed('JSON::PP::Boolean', new ScalarRef('0')) }
    expectSame(await readByPerl(writeFreezeThaw(value)), notation(seen))
    const read = parseFreezeThaw(writeFreezeThaw(value)) as typeof value
    expect(read).toEqual(value)
    expect(read.b).toBe(read.a)
  })

  test('every golden record, read and written here, is to Perl what it was', async () => {
    for (const { image, name, read } of goldenRecords('ft')) {
      if (read === undefined || name === 'bigint') continue
      expectSame(await readByPerl(writeFreezeThaw(parseFreezeThaw(image))), await readByPerl(image))
    }
  })

  test('a long chain of values that know each other', async () => {
    const nodes = Array.from({ length: 2000 }, () => ({}))
    nodes.forEach((node, index) =>
      Object.assign(node, { next: nodes[index + 1] ?? null, previous: nodes[index - 1] ?? null }),
    )
    const image = writeFreezeThaw({ first: nodes[0] })
    const written = writeFreezeThaw(parseFreezeThaw(image))
    expect(written).toEqual(image)
    await expect(readByPerl(image)).resolves.toBeDefined()
  })
})

/** The image of a value whose scalars are strings. */
function withoutMarks(value: unknown): string {
  return Buffer.from(writeFreezeThaw(withStrings(value, new Map()))).toString('latin1')
}

function withStrings(value: unknown, done: Map<unknown, unknown>): unknown {
  return changed(value, done, (scalar) => {
    if (typeof scalar === 'boolean') return scalar ? '1' : ''
    return typeof scalar === 'number' || typeof scalar === 'bigint' ? String(scalar) : scalar
  })
}

function asOctets(value: unknown, done: Map<unknown, unknown>): unknown {
  return changed(value, done, (scalar) =>
    typeof scalar === 'string' ? Buffer.from(scalar).toString('latin1') : scalar,
  )
}

/** The same with other scalars, shared references included. */
function changed(value: unknown, done: Map<unknown, unknown>, change: (scalar: unknown) => unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof PerlString) return change(value)
  const known = done.get(value)
  if (known !== undefined) return known
  if (value instanceof Blessed) {
    const object = new Blessed(value.className, {})
    done.set(value, object)
    object.value = changed(value.value, done, change) as Referent
    return object
  }
  if (value instanceof ScalarRef) {
    const reference = new ScalarRef(null)
    done.set(value, reference)
    reference.value = changed(value.value, done, change)
    return reference
  }
  const container = Array.isArray(value) ? [] : {}
  done.set(value, container)
  for (const [key, element] of Object.entries(value)) {
    setKey(container, Array.isArray(value) ? key : String(change(key)), changed(element, done, change))
  }
  return container
}
