import { describe, expect, test } from 'vitest'
import { Blessed, FreezeError, registry, SessionStore } from '../../src/index.ts'
import { readPage } from './pages.ts'

const [header, , ...rows] = tableOf('value')
const serializers = header!.slice(1)

/** The table whose first column has this heading. */
function tableOf(heading: string): (readonly string[])[] {
  const { rows } = readPage('docs/serializers-and-ids.md')
  const from = rows.findIndex(([first]) => first === heading)
  const length = rows.slice(from + 2).findIndex((cells) => /^-+$/.test(cells[0] ?? ''))
  return rows.slice(from, length < 0 ? undefined : from + 2 + length - 1)
}

function nested(levels: number): unknown {
  let value: unknown = {}
  for (let level = 1; level < levels; level++) value = { value }
  return value
}

const gap: unknown[] = []
gap[1] = 1
const twice = { a: 1 }
const cycle: Record<string, unknown> = { a: 1 }
cycle['self'] = cycle
class Point {
  x = 1
}
class Speaking {
  toJSON(): unknown {
    return { x: 1 }
  }
}

/** For each row of the table values that it is about. */
const SAMPLES: Readonly<Record<string, readonly unknown[]>> = {
  'text up to U+00FF, NUL': ['', 'é', 'a\0b', '\n\u0085\xff', 'it\'s "quoted" \\', '1', 'null', '~'],
  'text with other characters': ['é€😀', '\u2028\n'],
  numbers: [0, 42, -1, 0.1, 1e21, 1e-7, 2 ** 53, Number.MAX_VALUE, Number.MIN_VALUE],
  '-0': [-0],
  'NaN, Infinity': [Number.NaN, Infinity, -Infinity],
  '`true`, `false`': [true, false],
  '`null`': [null],
  '`undefined` as a parameter': [undefined],
  '`undefined` as a property': [{ a: undefined, b: 1 }],
  '`undefined` in an array': [[undefined, 1]],
  'a gap in an array': [gap],
  'bigint up to 2^53': [12n, -1n, 2n ** 53n - 1n],
  'larger bigint': [2n ** 60n, -(2n ** 62n)],
  'plain objects and arrays': [{}, [], { a: [1, { b: 'c' }], '': [[]] }],
  'an object that is there twice': [[twice, twice]],
  'an object that contains itself': [cycle],
  Date: [new Date(0)],
  'Map, Set, RegExp, typed arrays': [new Map([[1, 2]]), new Set([1]), /a/gi, new Uint8Array([1])],
  Buffer: [Buffer.from('a')],
  URL: [new URL('http://example.org/')],
  'other classes': [new Point(), new Error('a')],
  'a class with a `toJSON` method': [new Speaking()],
  'objects of Perl, as `Blessed`': [new Blessed('Shop::Cart', { items: ['a'] })],
  'named properties of an array, symbols as keys': [
    Object.assign([1], { name: 2 }),
    { a: 1, [Symbol('key')]: 2 },
  ],
  'functions, symbols': [() => 1, [() => 1], Symbol('a'), [Symbol('a')]],
  'the key `__proto__`': [JSON.parse('{"__proto__":1}')],
  '500 levels of nesting': [nested(500)],
  '600 levels of nesting': [nested(600)],
}

/** What a cell says becomes of a value. */
const OUTCOMES: Readonly<Record<string, (value: unknown) => unknown>> = {
  kept: (value) => value,
  '0': () => 0,
  '`null`': (value) => (Array.isArray(value) ? Array.from(value, (item) => item ?? null) : null),
  'left out': () => ({ b: 1 }),
  'up to 64 bits, else refused': (value) => value,
  'two objects': (value) => value,
  'one object': (value) => value,
  'its text': () => 'http://example.org/',
  'what that answers': () => ({ x: 1 }),
  dropped: (value) => (Array.isArray(value) ? [1] : { a: 1 }),
}

async function storedAndLoaded(serializer: string, value: unknown): Promise<unknown> {
  const type = `driver:Memory;id:UUID36;serialize:${serializer}`
  await using store = await SessionStore.open({ type, memoryName: 'serializers-and-ids.test' })
  const session = await store.create()
  try {
    session.param('value', value)
    await session.flush()
    return (await store.load(session.id)).param('value')
  } finally {
    await store.remove(session.id)
  }
}

describe('what the page says is kept', () => {
  test('is said of every kind of value that is tried here', () => {
    expect(serializers).toEqual(['JSON', 'Devalue', 'DataDumper', 'Storable', 'FreezeThaw', 'YAML'])
    expect(rows.map(([what]) => what)).toEqual(Object.keys(SAMPLES))
  })

  const cells = rows.flatMap(([what, ...said]) =>
    said.map((outcome, column) => ({ what: what!, serializer: serializers[column]!, outcome })),
  )

  test.each(cells)('$serializer, $what: $outcome', async ({ what, serializer, outcome }) => {
    for (const value of SAMPLES[what]!) {
      const result = storedAndLoaded(serializer, value)
      if (outcome === 'refused') {
        await expect(result).rejects.toThrow(FreezeError)
        continue
      }
      const loaded = await result
      expect(loaded).toStrictEqual(OUTCOMES[outcome]!(value))
      if (outcome.endsWith('objects') || outcome.endsWith('one object')) {
        const [one, other] = loaded as [unknown, unknown]
        expect(one === other).toBe(outcome === 'one object')
      }
    }
  })

  test.each(['DataDumper', 'Storable'])('%s refuses a bigint of more than 64 bits', async (serializer) => {
    await expect(storedAndLoaded(serializer, 2n ** 64n)).rejects.toThrow(FreezeError)
    expect(await storedAndLoaded(serializer, 2n ** 64n - 1n)).toBe(2n ** 64n - 1n)
  })
})

describe('the id generators of the page', () => {
  const [, , ...rows] = tableOf('`id:`')
  const generators = rows.map(([name, form, length]) => ({
    name: name!.slice(1, -1),
    form: form!,
    length: length!,
  }))

  test('are all that there are', () => {
    const names = registry.list('id').map(({ name }) => name)
    expect(generators.map(({ name }) => name).sort()).toEqual(names.sort())
  })

  test.each(generators.filter(({ length }) => /^\d+$/.test(length)))(
    '$name: $length characters, $form',
    async ({ name, form, length }) => {
      const options = {
        type: `driver:Memory;id:${name};serialize:JSON`,
        memoryName: 'serializers-and-ids.test',
      }
      await using store = await SessionStore.open(options)
      const { id } = await store.create()
      expect(id).toHaveLength(Number(length))
      if (form.includes('lower-case')) expect(id).toMatch(/^[0-9a-f]+$/)
      if (form.includes('upper-case')) expect(id).toMatch(/^0x[0-9A-F]{32}$/)
    },
  )
})
