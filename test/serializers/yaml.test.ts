import { deepStrictEqual } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import YAMLSerializer from '../../serializers/YAML.ts'
import { FreezeError, ThawError } from '../../src/errors.ts'
import { readAnyYaml } from '../../src/yaml/read-any-yaml.ts'
import { readTinyYaml } from '../../src/yaml/read-tiny-yaml.ts'
import { damaged, plainHash } from './plain-arbitrary.ts'
import { goldenYaml } from './text-golden.ts'

const serializer = new YAMLSerializer()
const freeze = (hash: object): string =>
  Buffer.from(serializer.freeze(hash as Record<string, unknown>)).toString()
const thaw = (text: string | Uint8Array): Record<string, unknown> =>
  serializer.thaw(Buffer.from(text as string))
const golden = goldenYaml()

const smallImages = golden.map(({ image }) => image).filter((image) => image.length < 1000)

describe('what Perl wrote', () => {
  const special = [
    'array-top',
    'num-max',
    'vstring',
    'num-123456789012345678',
    'num-1e15',
    'num-1e16',
    'num-1e20',
    'num-denormal',
  ]
  test.each(golden.filter(({ name }) => !special.includes(name)))(
    '$serializer $name',
    ({ image, meaning }) => {
      deepStrictEqual(serializer.thaw(image), meaning)
    },
  )

  test.each(golden)('$serializer $name needs no other parser', ({ image }) => {
    expect(readTinyYaml(image.toString('latin1'))).not.toBeUndefined()
  })

  test('what is no hash, what no number holds, and characters by number', () => {
    const image = (name: string) => golden.find((record) => record.name === name)!.image
    expect(() => serializer.thaw(image('array-top'))).toThrow('not a mapping')
    deepStrictEqual(serializer.thaw(image('num-max')), { v: '1.79769313486232e+308' })
    deepStrictEqual(serializer.thaw(image('num-1e15')), { v: '1e+15' })
    deepStrictEqual(serializer.thaw(image('num-denormal')), { v: '4.94065645841247e-324' })
    deepStrictEqual(serializer.thaw(image('vstring')), { v: '\u0001\u0016\u014d' })
  })

  test('is written byte for byte the same, but for large numbers, backspaces, characters above 0x7f and keys with a dash', () => {
    const same = golden.filter(
      ({ name, image }) =>
        !/^num-(1|max|denormal)|^array-top|^key-18|^str-controls/.test(name) &&
        image.every((byte) => byte < 0x80),
    )
    expect(same.length).toBeGreaterThan(90)
    for (const { image } of same) {
      expect(freeze(serializer.thaw(image))).toBe(image.toString('latin1'))
    }
  })
})

describe('what is written', () => {
  test('looks as from YAML::Tiny', () => {
    const hash = {
      list: [1, [2, [3, { x: null }]], {}, []],
      empty: {},
      undef: undefined,
      a: { b: { c: ['', 0.5, 'x y'] } },
    }
    expect(freeze(hash)).toBe(
      [
        '---',
        "a:\n  b:\n    c:\n      - ''\n      - 0.5\n      - 'x y'",
        'empty: {}',
        'list:\n  - 1\n  -\n    - 2\n    -\n      - 3\n      -\n        x: ~\n  - {}\n  - []\n',
      ].join('\n'),
    )
    expect(freeze({})).toBe('--- {}\n')
    expect(freeze({ a: undefined, b: { c: undefined } })).toBe('---\nb: {}\n')
  })

  test('tells false values apart, in such a way that they are false in Perl', () => {
    const hash = { a: 0, b: '', c: null, d: false, e: true, f: '0', g: 'false', h: '1', i: -0 }
    const text = freeze(hash)
    expect(text).toBe(
      "---\na: 0\nb: ''\nc: ~\nd: '' # false\ne: '1' # true\nf: '0'\ng: 'false'\nh: '1'\ni: 0\n",
    )
    deepStrictEqual(thaw(text), { ...hash, i: 0 })
  })

  test('numbers', () => {
    const hash = {
      a: 2n ** 64n,
      b: Infinity,
      c: -Infinity,
      d: NaN,
      e: 1e21,
      f: 1e-7,
      g: 0.1 + 0.2,
      h: 2 ** 53,
    }
    const text = freeze(hash)
    expect(text).toBe(
      '---\na: 18446744073709551616\nb: Inf\nc: -Inf\nd: NaN\ne: 1e+21\nf: 1e-7\ng: 0.30000000000000004\nh: 9007199254740992\n',
    )
    deepStrictEqual(thaw(text), hash)
  })

  test('characters: escaped up to U+00FF, UTF-8 where there are some above, lone surrogates by number', () => {
    expect(freeze({ 日: "it's", é: 'é日\ud800😀', ok: '日' })).toBe(
      "---\nok: '日'\n'é': \"é日\\uD800😀\"\n'日': \"it's\"\n",
    )
  })

  test('what toJSON answers', () => {
    expect(freeze({ a: new URL('http://x/'), b: [{ toJSON: () => undefined }] })).toBe(
      '---\na: http://x/\nb:\n  - ~\n',
    )
  })

  test.each([
    ['a Date', { a: { b: new Date(0) } }, 'YAML cannot keep a value of class Date (at .a.b)'],
    ['a function', { f() {} }, 'YAML cannot keep a function (at .f): leave it out'],
    ['undefined in an array', { a: [undefined] }, 'YAML cannot keep undefined in an array (at .a[0])'],
  ])('%s is refused', (_, value, message) => {
    expect(() => freeze(value)).toThrow(FreezeError)
    expect(() => freeze(value)).toThrow(message)
  })

  test('a cycle is refused', () => {
    const cycle: Record<string, unknown> = {}
    cycle['a'] = cycle
    expect(() => freeze(cycle)).toThrow('an object that contains itself (at .a)')
  })
})

describe('what is read', () => {
  test('scalars without quotes are numbers only as a number is printed', () => {
    const strings =
      '+5 .5 5. 007 1.50 1e3 1E+3 0x1F 0o17 1_000 .inf Null yes 12:30 3.14159265358979323846 1e+400 1e+15 1e-05 -0 true null'.split(
        ' ',
      )
    for (const text of strings) deepStrictEqual(thaw(`---\na: ${text}\n`), { a: text })
    deepStrictEqual(thaw('---\na: 1e+21\nb: -1.5\nc: 1e-7\nd: 0.5\ne: ~\nf:\n'), {
      a: 1e21,
      b: -1.5,
      c: 1e-7,
      d: 0.5,
      e: null,
      f: null,
    })
  })

  test('bytes as UTF-8 where they are that, else as Latin-1', () => {
    deepStrictEqual(thaw(Buffer.from('---\na: é日\n', 'utf8')), { a: 'é日' })
    deepStrictEqual(thaw(Buffer.from("---\na: 'café ÿ'\n", 'latin1')), { a: 'café ÿ' })
  })

  test.each([
    ['flow style', '{a: [1, "x"], b: {c: 007}}', { a: [1, 'x'], b: { c: '007' } }],
    ['block scalars', '---\na: |\n  x\n  y\nb: >-\n  q\n  r\n', { a: 'x\ny\n', b: 'q r' }],
    ['comments', '# c\n---\na: 1 # c\n\nb: 2\n', { a: 1, b: 2 }],
    ['anchors', '---\na: &x [1]\nb: *x\n', { a: [1], b: [1] }],
    ['compact lists', '---\na:\n- b: 1\n  c: 2\n- - 3\n', { a: [{ b: 1, c: 2 }, [3]] }],
    ['quotes in quotes', "---\na: 'it''s'\n'b''c': \"\\u263A\\/\"\n", { a: "it's", "b'c": '☺/' }],
    ['several lines', '---\na: b\n  c\nd: "e\n  f"\n', { a: 'b c', d: 'e f' }],
    ['tabs and CR LF', '---\r\na:\tb\r\n', { a: 'b' }],
    ['a mark of UTF-8', '\ufeff---\na: 1\n', { a: 1 }],
    ['blanks after the mark', "--- \na: '1'\n", { a: '1' }],
    ['keys that are no strings', '---\n1: a\ny: b\n~: c\ntrue: d\n', { 1: 'a', y: 'b', '~': 'c', true: 'd' }],
    [
      'an old directive',
      '%YAML 1.1\n---\ny: yes\nn: 0777\n<<: {a: 1}\n',
      { y: 'yes', n: '0777', '<<': { a: 1 } },
    ],
  ])('%s', (_, text, meaning) => {
    deepStrictEqual(thaw(text), meaning)
  })

  test.each([
    ['a tag', '---\na: !x b\n', 7],
    ['a key twice', '---\na: 1\na: 2\n', 9],
    ['two documents', '---\na: 1\n---\nb: 2\n', 9],
    ['an alias to nothing', '---\na: *x\n', 7],
    ['a last line that was cut off', '---\na: 1\nb: ali', 15],
    ['a quote without end', "---\na: 'x\n", 10],
  ])('%s is refused', (_, text, offset) => {
    expect(() => thaw(text)).toThrow(
      expect.objectContaining({ name: 'ThawError', code: 'ERR_SESSION_THAW', offset }),
    )
  })

  test.each(['', '\n', '---\n', '--- []\n', '--- x\n', '- a\n', '~\n', '42\n'])('%j is no hash', (text) => {
    expect(() => thaw(text)).toThrow(ThawError)
  })

  test('bombs: aliases, brackets, size, indents', () => {
    const levels = Array.from({ length: 12 }, (_, n) => `a${n}: &a${n} [${`*a${n - 1},`.repeat(n && 9)}]`)
    expect(() => thaw(`${levels.join('\n')}\n`)).toThrow('aliases')
    expect(() => thaw(`${levels.join('\n').replace('[]', '[x]')}\n`)).toThrow('alias count')
    expect(() => thaw('a: &a [*a]\n')).toThrow('nested too deeply')
    expect(() => thaw(`{a: ${'['.repeat(50_000)}}`)).toThrow(ThawError)
    expect(() => thaw(`# ${'x'.repeat(1_000_000)}\na: 1\n`)).toThrow('200000 characters')
    const nested = (levels: number) =>
      Array.from({ length: levels }, (_, n) => `${' '.repeat(n)}a:\n`).join('')
    expect(() => thaw(`---\n${nested(500)}`)).not.toThrow()
    expect(() => thaw(`---\n${nested(513)}`)).toThrow('nested too deeply')
  })

  test('__proto__ is a key like any other, in both readers', () => {
    for (const text of [
      '---\n__proto__:\n  polluted: 1\nconstructor: ~\n',
      '{__proto__: {polluted: 1}, constructor: ~}',
    ]) {
      const hash = thaw(text)
      expect(Object.keys(hash)).toEqual(['__proto__', 'constructor'])
      expect(Object.getPrototypeOf(hash)).toBe(Object.prototype)
      expect('polluted' in {}).toBe(false)
    }
  })
})

describe('properties', () => {
  test('everything plain comes back, through the fast reader', () => {
    const hashes = plainHash()
    fc.assert(
      fc.property(hashes, (hash) => {
        const text = freeze(hash)
        deepStrictEqual(readTinyYaml(text), hash)
      }),
      { numRuns: 300 },
    )
  })

  test('a large hash, a long key, a long string', () => {
    const hash: Record<string, unknown> = {
      ['k'.repeat(100_000)]: 'v',
      long: "x' \n".repeat(100_000),
      plain: 'x'.repeat(1_000_000),
    }
    for (let n = 0; n < 10_000; n++) hash[`key${n}`] = `v${n}`
    deepStrictEqual(thaw(freeze(hash)), hash)
  })

  test('what the fast reader reads, the whole parser reads in the same way', () => {
    const pieces = [
      '---\n',
      '--- ',
      '\n',
      '  ',
      ' ',
      ':',
      ': ',
      ':\n',
      '- ',
      '-\n',
      '-',
      '#',
      ' #',
      "'",
      '"',
      '{}',
      '[]',
      '~',
    ]
    const words = [
      'a',
      'b',
      'a: 1\n',
      '- x\n',
      '  c: d\n',
      '  - 2\n',
      '\\x41',
      '\\',
      '?',
      '!',
      '&',
      '*',
      '|',
      '>',
      '%',
      '@',
      ',',
    ]
    const rest = [
      'true',
      'null',
      '007',
      '1e3',
      '-1',
      '0.5',
      '<<: x\n',
      '...',
      '---',
      '__proto__: 1\n',
      '\u00a0',
      '\u2028',
      'é',
      '\\uD800',
    ]
    const line = fc
      .array(fc.constantFrom(...pieces, ...words, ...rest), { maxLength: 6 })
      .map((parts) => parts.join(''))
    const yaml = fc.array(line, { maxLength: 6 }).map((lines) => `---\n${lines.join('')}\n`)
    fc.assert(
      fc.property(
        fc.oneof(
          yaml,
          damaged(smallImages).map((image) => image.toString('latin1')),
        ),
        (text) => {
          // These comments have a meaning to the fast reader only.
          fc.pre(!text.includes("'1' # true") && !text.includes("'' # false"))
          const fast = readTinyYaml(text)
          if (fast !== undefined) deepStrictEqual(fast, readAnyYaml(text))
        },
      ),
      { numRuns: 1500 },
    )
  })

  test('nothing but a hash or a ThawError comes out of damaged images', () => {
    fc.assert(
      fc.property(damaged(smallImages), (image) => {
        try {
          expect(Object.getPrototypeOf(serializer.thaw(image))).toBe(Object.prototype)
        } catch (error) {
          expect(error).toBeInstanceOf(ThawError)
        }
        expect('polluted' in {}).toBe(false)
      }),
      { numRuns: 1500 },
    )
  })
})

test('the package yaml is loaded only when it is needed', () => {
  const source = readFileSync(new URL('../../src/yaml/read-any-yaml.ts', import.meta.url), 'utf8')
  expect(source).not.toMatch(/^import (?!type).*'yaml'/m)
})
