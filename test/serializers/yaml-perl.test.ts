import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import YAMLSerializer from '../../serializers/YAML.ts'
import { FreezeError, InvalidOptionError, ThawError } from '../../src/errors.ts'
import {
  Blessed,
  Code,
  Glob,
  JsonBoolean,
  PerlString,
  Regexp,
  ScalarRef,
  VString,
} from '../../src/perl/values.ts'
import { readPerlYaml } from '../../src/yaml/read-perl-yaml.ts'
import { notation } from '../interop/notation.ts'
import { sessions, latinText, shortDoubles, integers, booleans } from '../interop/values.ts'
import { goldenRecords } from './golden.ts'
import { damaged } from './plain-arbitrary.ts'

const serializer = new YAMLSerializer()
const thaw = (text: string, options = {}): Record<string, unknown> =>
  new YAMLSerializer(options).thaw(Buffer.from(text, 'latin1'))
const freeze = (hash: Record<string, unknown>, options = {}): string =>
  Buffer.from(new YAMLSerializer(options).freeze(hash)).toString('latin1')

describe('what is read', () => {
  test.each<[string, string, unknown]>([
    ['a hash of a class', 'v: !!perl/hash:A::B\n  a: 1\n', new Blessed('A::B', { a: 1 })],
    ['an empty one', 'v: !!perl/hash:A {}\n', new Blessed('A', {})],
    ['an array of a class', 'v: !!perl/array:A\n  - x\n', new Blessed('A', ['x'])],
    ['an empty one', 'v: !!perl/array:A []\n', new Blessed('A', [])],
    ['a scalar of a class', "v: !!perl/scalar:A 'x'\n", new Blessed('A', new ScalarRef('x'))],
    ['undef of a class', 'v: !!perl/scalar:A ~\n', new Blessed('A', new ScalarRef(null))],
    ['a boolean', 'v: !!perl/scalar:JSON::PP::Boolean 0\n', new JsonBoolean(false)],
    ['a reference', 'v: !!perl/ref\n  =: x\n', new ScalarRef('x')],
    ['to a reference', 'v: !!perl/ref\n  =: !!perl/ref\n    =: ~\n', new ScalarRef(new ScalarRef(null))],
    ['of a class', 'v: !!perl/ref:A\n  =:\n    - x\n', new Blessed('A', new ScalarRef(['x']))],
    ['code', `v: !!perl/code '{ "DUMMY" }'\n`, new Code()],
    ['code of a class', `v: !!perl/code:A '{ "DUMMY" }'\n`, new Blessed('A', new Code())],
    ['a glob', 'v: !!perl/glob:\n  PACKAGE: main\n  NAME: STDOUT\n', new Glob('main::STDOUT')],
    ['a pattern', 'v: !!perl/regexp (?^i:a b)\n', new Regexp('a b', 'i')],
    [
      'a pattern with a flag of its own',
      "v: !!perl/regexp '(?^u:\\x{263a})'\n",
      new Regexp('\\x{263a}', 'u'),
    ],
    ['an old spelling', 'v: !perl/Foo::Bar\n  a: x\n', new Blessed('Foo::Bar', { a: 'x' })],
    ['and another', 'v: !perl/@Foo\n  - x\n', new Blessed('Foo', ['x'])],
    ['lines as they are', 'v: |\n  a\n    b\n\n  c\n\n', 'a\n  b\n\nc\n'],
    ['without the last break', 'v: |-\n  a\n\n  b\n', 'a\n\nb'],
    ['with all breaks', 'v: |+\n  a\n  \n\n', 'a\n\n\n'],
    ['with an indent that is given', 'v: |-2\n    a\n   b\n', '  a\n b'],
    ['folded lines', 'v: >\n  a\n  b\n\n  c\n   d\n  e\n', 'a b\nc\n d\ne\n'],
    ['quotes over several lines', 'v: "a\n  b\n\n  c"\n', 'a b\nc'],
    ['single ones too', "v: 'a\n  b''c'\n", "a b'c"],
    ['a hash in a list', 'v:\n  - a: x\n    b: y\n  - c: z\n', [{ a: 'x', b: 'y' }, { c: 'z' }]],
    ['a list in a list', 'v:\n  - - x\n    - y\n  - z\n', [['x', 'y'], 'z']],
    ['a list with no indent', 'v:\n- x\n- y\nw: 1\n', ['x', 'y']],
    [
      'words that YAML.pm leaves bare',
      'v:\n  - true\n  - null\n  - =\n  - :a\n  - ---\n',
      ['true', 'null', '=', ':a', '---'],
    ],
    [
      'keys that Syck leaves bare',
      'v:\n  a b: 1\n  a,b: 2\n  =>: 3\n  ?x: 4\n',
      { 'a b': 1, 'a,b': 2, '=>': 3, '?x': 4 },
    ],
    ['a key of several lines', 'v:\n  ? |-\n    a\n    b\n: x\n  c: d\n', { 'a\nb': 'x', c: 'd' }],
    ['comments', 'v: # c\n  # d\n  a: x # e\n', { a: 'x' }],
  ])('%s', (_, text, meaning) => {
    const { v } = thaw(`---\n${text}`)
    deepStrictEqual(v, meaning)
    expect(readPerlYaml(`---\n${text}`)).toBeDefined()
  })

  test('YAML::Syck gets its patterns with the wrapping inside', () => {
    deepStrictEqual(thaw('--- \nv: !!perl/regexp (?^i:a)\n'), { v: new Regexp('(?^i:a)') })
    deepStrictEqual(thaw('--- \nv: !!perl/regexp (?i-xsm:a)\n'), { v: new Regexp('a', 'i') })
  })

  test('one object is one object', () => {
    const { a, b, c, d } = thaw('---\na: &1\n  x: *1\nb: *1\nc: &2 !!perl/hash:A\n  o: *2\nd: *2\n')
    expect(b).toBe(a)
    expect((a as { x: unknown }).x).toBe(a)
    expect(d).toBe(c)
    expect(((c as Blessed).value as { o: unknown }).o).toBe(c)
    const top = thaw('--- &1\nself: *1\n')
    expect(top['self']).toBe(top)
  })

  test('to YAML::Syck, references to one anchored scalar are one', () => {
    const { a, b } = thaw('--- \na: !!perl/ref \n  =: &1 x\nb: !!perl/ref \n  =: *1\n')
    expect(b).toBe(a)
    const other = thaw('---\na: !!perl/ref\n  =: &1 x\nb: !!perl/ref\n  =: *1\n')
    expect(other['b']).not.toBe(other['a'])
  })

  test.each([
    ['an alias to nothing', 'a: x\nb: *1\n', 12],
    ['a key twice', 'a: x\na: y\n', 9],
    ['a tag on the wrong thing', 'a: !!perl/array:A\n  x: y\n', 21],
    ['a tag on nothing', 'a: !!perl/hash:A ~\n', 21],
    ['a reference to nothing', 'a: !!perl/ref\n  x: y\n', 17],
    ['a reference to two things', 'a: !!perl/ref\n  =: y\n  z: y\n', 27],
    ['a tag on an alias', 'a: &1 []\nb: !!perl/array:A *1\n', 31],
  ])('%s is refused', (_, text, offset) => {
    expect(() => thaw(`---\n${text}`)).toThrow(expect.objectContaining({ name: 'ThawError', offset }))
  })

  test('limits', () => {
    expect(() => thaw('---\na: x\n', { maxImageBytes: 8 })).toThrow('more than 8 bytes')
    expect(() => thaw('---\na:\n  b:\n    c: x\n', { maxDepth: 2 })).toThrow('nested too deeply')
    for (const level of ['!!perl/hash:A\n', '!!perl/ref:A\n', '&1\n', '\n']) {
      const key = level.includes('ref') ? '=' : 'a'
      const nested = (levels: number): string => {
        let text = '---\na:\n'
        for (let n = 1; n < levels; n++) text += `${' '.repeat(n)}${key}: ${n === levels - 1 ? 'x\n' : level}`
        return text.replace('a:\n =: ', 'a: !!perl/ref\n =: ')
      }
      expect(() => thaw(nested(1000), { maxDepth: 1000 })).not.toThrow()
      expect(() => thaw(nested(1002), { maxDepth: 1000 })).toThrow('nested too deeply')
    }
    const dashes = (levels: number): string => `---\na:\n ${'- '.repeat(levels - 1)}x\n`
    expect(() => thaw(dashes(1000), { maxDepth: 1000 })).not.toThrow()
    expect(() => thaw(dashes(1001), { maxDepth: 1000 })).toThrow('nested too deeply')
    for (const [open, close] of ['[]', '{}']) {
      expect(() => thaw(`{a: ${open?.repeat(50_000)}${close?.repeat(50_000)}}`)).toThrow('nested too deeply')
    }
    expect(() => thaw(`${'? '.repeat(1000)}x\n`)).toThrow('question mark')
    expect(() => thaw(`a: &x [b]\nc: [${'*x, '.repeat(201)}]\n`)).toThrow('too many aliases')
    expect(() => thaw('{a: [], a: []}\n')).toThrow('a key twice at offset 8')
    const keys = Array.from({ length: 15_000 }, (_, n) => `k${n}: v`)
    expect(Object.keys(thaw(`{${keys.join(', ')}}\n`)).length).toBe(15_000)
  })

  test('a hundred thousand aliases are no copies', () => {
    const text = `---\na: &1\n  - x\nb:\n${'  - *1\n'.repeat(100_000)}`
    const { a, b } = thaw(text)
    expect((b as unknown[]).every((item) => item === a)).toBe(true)
  })
})

describe('what is written', () => {
  test('tags and anchors, as YAML::Syck and YAML.pm both read them', () => {
    const shared = new Blessed('A::B', { list: [1, 'x'] })
    const hash: Record<string, unknown> = {
      a: shared,
      b: [shared, new ScalarRef('x'), new ScalarRef(new ScalarRef(null))],
      c: new Blessed('C', new ScalarRef('y')),
      d: new Blessed('C', new ScalarRef([])),
      e: [new Regexp('a', 'xi'), new Blessed('R', new Regexp('b')), new Regexp('\\x{100}', 'u')],
      f: [new Code(), new JsonBoolean(true), new Glob('main::OUT')],
      g: [
        new Blessed('E', []),
        new Blessed('E', {}),
        {},
        [],
        true,
        null,
        new Blessed('U', new ScalarRef(null)),
      ],
    }
    hash['self'] = hash
    const text = [
      '--- &1\na: &2 !!perl/hash:A::B\n  list:\n    - 1\n    - x\nb:\n  - *2\n  - !!perl/ref\n    =: x',
      '  - !!perl/ref\n    =: !!perl/ref\n      =: ~\nc: !!perl/scalar:C y\nd: !!perl/ref:C\n  =: []',
      "e:\n  - !!perl/regexp '(?ix:a)'\n  - !!perl/regexp:R '(?:b)'\n  - !!perl/regexp '(?:\\x{100})'".replace(
        /'(\(\?[^']*)'/g,
        '$1',
      ),
      `f:\n  - !!perl/code '{ "DUMMY" }'\n  - !!perl/scalar:JSON::PP::Boolean 1`,
      '  - !!perl/glob:\n    NAME: OUT\n    PACKAGE: main',
      "g:\n  - !!perl/array:E []\n  - !!perl/hash:E {}\n  - {}\n  - []\n  - '1' # true\n  - ~",
      '  - !!perl/ref:U\n    =: ~\nself: *1\n',
    ].join('\n')
    expect(freeze(hash)).toBe(text)
    deepStrictEqual(notation(thaw(text)), notation(thaw(freeze(thaw(text)))))
  })

  test('what toJSON answers, once', () => {
    expect(freeze({ a: { toJSON: () => ({ x: 1 }) }, b: new URL('http://x/'), c: new ScalarRef('y') })).toBe(
      '---\na:\n  x: 1\nb: http://x/\nc: !!perl/ref\n  =: y\n',
    )
    const endless = { toJSON: () => endless }
    for (const c of [1, new ScalarRef('y')]) expect(() => freeze({ endless, c })).toThrow('a function')
  })

  test('objects that were one thing in the record are one again, others are copied', () => {
    const shared = { x: 1 }
    expect(freeze({ a: shared, b: shared })).toBe('---\na:\n  x: 1\nb:\n  x: 1\n')
    const text = '---\na: &1\n  x: 1\nb: *1\n'
    expect(freeze(thaw(text))).toBe(text)
    const changed = thaw(text)
    delete changed['a']
    expect(freeze(changed)).toBe('---\nb:\n  x: 1\n')
  })

  test.each<[string, unknown, string]>([
    ['a version', new VString('v1.2'), 'a value of Perl that it has no form for (VString) (at .v[0])'],
    ['a reference to an element', ScalarRef.to([1], 0), 'a reference to an element (at .v[0])'],
    [
      'wide characters of Perl',
      new PerlString([0x110000]),
      'characters above U+00FF that are no text (at .v[0])',
    ],
    ['a class with a blank', new Blessed('a b', {}), 'an object of a class with the name "a b" (at .v[0])'],
    ['flags that it forgets', new Regexp('a', 'a'), 'a pattern with the flags "a" (at .v[0])'],
    [
      'an object in an object',
      new Blessed('A', new Blessed('B', {}) as never),
      'an object in an object (at .v[0])',
    ],
    ['undefined in an array', new Blessed('A', [undefined]), 'undefined in an array (at .v[0][0])'],
    ['a Date', [new ScalarRef(1), new Date(0)], 'a value of class Date'],
  ])('%s is refused', (_, value, message) => {
    expect(() => freeze({ v: [value] })).toThrow(FreezeError)
    expect(() => freeze({ v: [value] })).toThrow(message)
  })

  test('the inside of an object that is also stored as such is refused', () => {
    const inner = {}
    expect(() => freeze({ a: new Blessed('A', inner), b: inner })).toThrow('the inside of an object')
  })
})

describe('perlText', () => {
  const octets = Buffer.from('---\nv: café ☺\n', 'utf8').toString('latin1')

  test('what is read', () => {
    deepStrictEqual(thaw(octets), { v: 'café ☺' })
    deepStrictEqual(thaw(octets, { perlText: 'characters' }), { v: 'cafÃ© â\u0098º' })
    deepStrictEqual(thaw(octets, { perlText: 'utf8' }), { v: 'café ☺' })
    const escaped = '---\nv: "caf\\xC3\\xA9"\nw: "\\xE9"\n'
    deepStrictEqual(thaw(escaped), { v: 'cafÃ©', w: 'é' })
    deepStrictEqual(thaw(escaped, { perlText: 'utf8' }), { v: 'café', w: new PerlString([0xe9]) })
  })

  test('what is written', () => {
    expect(freeze({ v: 'é' })).toBe('---\nv: "\\xE9"\n')
    expect(freeze({ v: 'é' }, { perlText: 'utf8' })).toBe('---\nv: "\\xC3\\xA9"\n')
    expect(freeze({ v: '☺' }, { perlText: 'utf8' })).toBe('---\nv: "\\xE2\\x98\\xBA"\n')
    expect(freeze({ é: new PerlString([0xe9]) }, { perlText: 'utf8' })).toBe('---\n"\\xC3\\xA9": "\\xE9"\n')
    for (const perlText of ['characters', 'latin1']) {
      expect(freeze({ v: 'é' }, { perlText })).toBe('---\nv: "\\xE9"\n')
      expect(() => freeze({ v: '☺' }, { perlText })).toThrow(`this text as ${perlText}`)
    }
    expect(() => freeze({ v: '\ud800' }, { perlText: 'utf8' })).toThrow(FreezeError)
    expect(() => new YAMLSerializer({ perlText: 'octets' })).toThrow(InvalidOptionError)
    for (const perlText of ['auto', 'characters', 'utf8']) {
      const text = '---\nv: !!perl/regexp "(?:\\xC3\\xA9)"\n'
      expect(freeze(thaw(text, { perlText }), { perlText })).toBe(text)
    }
  })
})

describe('refreeze', () => {
  const refreeze = (text: string, change: Record<string, unknown>, options = {}): string => {
    const serializer = new YAMLSerializer(options)
    const before = Buffer.from(text, 'latin1')
    const hash = { ...serializer.thaw(before), ...change }
    const image = serializer.refreeze(hash, before, (key) => !Object.hasOwn(change, key))
    return Buffer.from(image).toString('latin1')
  }

  test('copies what did not change, to the last byte', () => {
    const octets = Buffer.from('café', 'utf8').toString('latin1')
    const text = `---\na: ${octets}\nb: 1e+15\nc:\n  - 007\nd: x\n`
    expect(refreeze(text, { d: 'é', aa: [1] })).toBe(
      `---\na: ${octets}\naa:\n  - 1\nb: 1e+15\nc:\n  - 007\nd: 'Ã©'\n`,
    )
    expect(refreeze('--- \na: \n  - {}\n\nb: x\n', { b: 'y' })).toBe('--- \na: \n  - {}\n\nb: y\n')
    expect(refreeze('---\na: x\n', { a: undefined })).toBe('--- {}\n')
  })

  test('writes all when the copied bytes would mean something else', () => {
    expect(refreeze('---\na: \xe9\nb: x\n', { b: '☺' })).toBe("---\na: 'Ã©'\nb: 'â\x98º'\n")
    expect(refreeze('---\na: Ã©\nb: \xe9\n', { b: 'x' })).toBe('---\na: "\\xC3\\xA9"\nb: x\n')
    expect(refreeze('---\na: \xe9\nb: \xe8\n', { b: 'x' })).toBe('---\na: \xe9\nb: x\n')
  })

  test('keeps what is shared between keys', () => {
    expect(refreeze('---\na: &1\n  x: 1\nb: *1\nc: x\n', { c: 'y' })).toBe(
      '---\na: &1\n  x: 1\nb: *1\nc: y\n',
    )
  })

  test('is what freeze writes, to whoever reads it', () => {
    const values = sessions({ text: latinText, scalars: [integers, shortDoubles, booleans] })
    fc.assert(
      fc.property(values, fc.nat(), (hash, seed) => {
        const before = serializer.freeze(hash)
        const changed = Object.keys(hash)[seed % Object.keys(hash).length] ?? ''
        const after = { ...hash, [changed]: 'changed' }
        const image = serializer.refreeze(after, before, (key) => key !== changed)
        deepStrictEqual(Buffer.from(image), Buffer.from(serializer.freeze(after)))
      }),
      { numRuns: 200 },
    )
  })
})

describe('any record', () => {
  const images = (['syck', 'yamlpm', 'yamlt'] as const)
    .flatMap((ser) => goldenRecords(ser))
    .filter(({ image }) => image.length < 800)
    .map(({ image }) => image)
  const pieces =
    String.raw`&1 |*1|*2|&2 |!!perl/ref |!!perl/hash:A |!!perl/array:A |!!perl/scalar:A |!!perl/regexp |
  =: |--- |?  |: |- |~|"|'|#| |  |__proto__: |constructor: |\x|\|>-|[]|{}|{a: |[`.split('|')
  const patched = fc
    .tuple(damaged(images), fc.array(fc.tuple(fc.nat(), fc.constantFrom(...pieces)), { maxLength: 4 }))
    .map(([image, patches]) => {
      let text = image.toString('latin1')
      for (const [place, piece] of patches) {
        const at = place % (text.length + 1)
        text = text.slice(0, at) + piece + text.slice(at)
      }
      return Buffer.from(`${text.trimEnd()}\n`, 'latin1')
    })

  test('ends in a value that can be written back, or in a ThawError', () => {
    const prototype = Object.getOwnPropertyNames(Object.prototype).join()
    const characters = new YAMLSerializer({ perlText: 'characters' })
    let read = 0
    fc.assert(
      fc.property(patched, (image) => {
        let value: Record<string, unknown>
        try {
          value = characters.thaw(image)
        } catch (error) {
          if (!(error instanceof ThawError)) throw error
          return
        }
        read++
        let written: Uint8Array
        try {
          written = characters.freeze(value)
        } catch (error) {
          // A class with an odd name, say.
          if (!(error instanceof FreezeError)) throw error
          return
        }
        deepStrictEqual(notation(characters.thaw(written)), notation(value))
      }),
      { numRuns: 4000 },
    )
    expect(read).toBeGreaterThan(500)
    expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(prototype)
  })

  test('with classes comes back', () => {
    const profile = {
      text: latinText,
      scalars: [integers, shortDoubles, booleans],
      references: ['scalar', 'regexp', 'code', 'object', 'jsonBoolean'] as const,
      links: ['same'] as const,
    }
    fc.assert(
      fc.property(sessions(profile), (hash) => {
        hash['some'] = new ScalarRef('x')
        deepStrictEqual(notation(serializer.thaw(serializer.freeze(hash))), notation(hash))
      }),
      { numRuns: 300 },
    )
  })
})
