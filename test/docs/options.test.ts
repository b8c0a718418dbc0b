import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readOptions } from '../../src/options.ts'
import { readPage, root } from './pages.ts'

interface Row {
  readonly name: string
  readonly perl: string | undefined
  readonly type: string
}

const rows: Row[] = readPage('docs/options.md').rows.flatMap((cells) => {
  const name = codeIn(cells[0])
  return cells.length === 5 && name !== undefined ? [{ name, perl: codeIn(cells[1]), type: cells[2]! }] : []
})

/** What the page calls a type: a value of it, and one that is not, if the type refuses any. */
const SAMPLES: Readonly<Record<string, readonly [good: unknown, bad?: unknown]>> = {
  text: ['x', 5],
  number: [1, 'many'],
  'text or number': ['1'],
  'yes or no': [true, 'perhaps'],
  duration: ['2h'],
  object: [{}, 5],
  function: [() => 0, 5],
  class: [URLSearchParams, 5],
  any: [5],
  'request or query object': [{}],
}

describe('the page of options', () => {
  test('names each option that there is, once', () => {
    const source = readFileSync(join(root, 'src', 'options.ts'), 'utf8')
    const [, body = ''] = /^export interface SessionOptions \{\n(.*?)^\}$/ms.exec(source) ?? []
    const names = [...body.matchAll(/^ {2}(\w+)\?:/gm)].map(([, name = '']) => name)
    expect(names.length).toBeGreaterThan(40)
    expect(rows.map(({ name }) => name).sort()).toEqual(names.sort())
  })

  test.each(rows)('$name: is of the type that it says', ({ name, type }) => {
    const [good, bad] = SAMPLES[type] ?? [codeIn(type)?.slice(1, -1), 'no such word']
    expect(readOptions({ [name]: good })).toEqual({ [name]: good })
    if (bad !== undefined) expect(() => readOptions({ [name]: bad })).toThrow(`Option '${name}' must be`)
  })

  test.each(rows.filter(({ perl }) => perl !== undefined))(
    '$name: is $perl in Perl',
    ({ name, perl, type }) => {
      const [good] = SAMPLES[type] ?? [codeIn(type)]
      expect(readOptions({ [perl!]: good })).toEqual({ [name]: good })
    },
  )
})

function codeIn(cell: string | undefined): string | undefined {
  return /`([^`]+)`/.exec(cell ?? '')?.[1]
}
