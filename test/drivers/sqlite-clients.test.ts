import { describe, expect, test } from 'vitest'
import { InvalidOptionError, MissingPackageError } from '../../src/errors.ts'
import { type Host, loadClient } from '../../src/sqlite/clients.ts'

/** A Node with these packages, each a class that says which one it is. */
function pretend(node: string, napi: number, packages: Readonly<Record<string, string>>): Host {
  const opened = (name: string) =>
    class {
      readonly name = name
      constructor(readonly path: string) {}
      close() {}
    }
  return {
    node,
    napi,
    builtin: (name) => (name in packages ? { DatabaseSync: opened(name) } : undefined),
    require: (name) => {
      const [owner = '', file] = name.split('/')
      const version = packages[owner]
      if (version === 'broken') throw new Error('libc is too old\nRequire stack')
      if (version === undefined) {
        throw Object.assign(new Error(`Cannot find module '${name}'\nRequire stack: …`), {
          code: 'MODULE_NOT_FOUND',
        })
      }
      return file === undefined ? opened(owner) : { version }
    },
  }
}

const everything = { 'node:sqlite': '', 'better-sqlite3': '13.2.0', libsql: '0.5.29' }
const node20 = (packages: Readonly<Record<string, string>>) => pretend('v20.20.2', 9, packages)
const node24 = (packages: Readonly<Record<string, string>>) => pretend('v24.21.0', 10, packages)

function choice(host: Host, wanted?: string): unknown {
  return (loadClient(wanted, host)('path') as unknown as { name: string }).name
}

function refusal(host: Host, wanted?: string): string {
  try {
    loadClient(wanted, host)
  } catch (error) {
    expect(error).toBeInstanceOf(MissingPackageError)
    return (error as Error).message
  }
  return expect.unreachable()
}

describe('the first client that there is', () => {
  const { 'node:sqlite': _, ...installed } = everything
  test.each<[string, Host, string]>([
    ['is part of Node', node24(everything), 'node:sqlite'],
    ['may be better-sqlite3', node24(installed), 'better-sqlite3'],
    ['is not a better-sqlite3 that would crash', node20(installed), 'libsql'],
    [
      'may be an older better-sqlite3',
      node20({ ...installed, 'better-sqlite3': '12.11.1' }),
      'better-sqlite3',
    ],
    [
      'is not one whose binary does not load',
      node24({ 'better-sqlite3': 'broken', libsql: '0.5.29' }),
      'libsql',
    ],
  ])('%s', (_, host, name) => expect(choice(host)).toBe(name))

  test('is asked for by name', () => {
    for (const name of Object.keys(everything)) expect(choice(node24(everything), name)).toBe(name)
  })
})

describe('without a client', () => {
  test('says what to install for this Node', () => {
    expect(refusal(node20({}))).toBe(
      'There is no SQLite client to be had: node:sqlite is part of Node from 22.13 on, and this is Node v20.20.2; ' +
        'better-sqlite3 is not installed; libsql is not installed. Install one with: npm install libsql',
    )
    expect(refusal(node24({}))).toContain('npm install better-sqlite3')
  })

  test('says what is in the way of the one asked for', () => {
    expect(refusal(node20(everything), 'better-sqlite3')).toContain(
      'better-sqlite3 13.2.0 needs Node 22.14 or newer',
    )
    expect(refusal(node20({ libsql: 'broken' }), 'libsql')).toContain(
      'libsql cannot be loaded (libc is too old)',
    )
    expect(refusal(node20({}), 'node:sqlite')).toContain('Choose another sqliteClient')
  })

  test.each(['sqlite3', 'toString', '', null, 3])('%s is not one', (wanted) => {
    expect(() => loadClient(wanted, node24(everything))).toThrow(InvalidOptionError)
  })
})
