import { readdirSync } from 'node:fs'
import { join, parse } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'
import { InvalidOptionError, Registry, registry, SessionStore, UnknownPluginError } from '../../src/index.ts'
import type { Kind } from '../../src/registry/kinds.ts'
import { house } from './house.ts'

const root = join(import.meta.dirname, '..', '..')
const FOLDERS: Record<Kind, string> = {
  driver: 'drivers',
  id: 'id-generators',
  serializer: 'serializers',
  layout: 'src/layouts',
}

describe('the built-in plug-ins', () => {
  test.for(Object.entries(FOLDERS) as [Kind, string][])('%s: the files of %s/', ([kind, folder]) => {
    const files = readdirSync(join(root, folder)).sort()
    expect(registry.list(kind)).toEqual(
      files.map((file) => ({
        kind,
        name: parse(file).name,
        from: pathToFileURL(join(root, folder, file)).href,
      })),
    )
  })

  test('are listed all at once', () => {
    const kinds = ['driver', 'id', 'serializer', 'layout'] as const
    expect(registry.list()).toEqual(kinds.flatMap((kind) => registry.list(kind)))
    expect(registry.list('serialize')).toEqual(registry.list('serializer'))
  })

  test('each is found under its name in any case, and has a class', async () => {
    for (const { kind, name } of registry.list()) {
      for (const spelling of [name, name.toLowerCase(), name.toUpperCase()]) {
        const found = await registry.find(kind, spelling)
        expect(found.name).toBe(name)
        expect(found.pluginClass).toBeTypeOf('function')
      }
    }
  })

  test('a store says their names in the canonical spelling', async () => {
    const options = { type: 'DRIVER:memory;ID:counter;SERIALIZE:json;LAYOUT:datasession' }
    await using store = await SessionStore.open({ ...options, registry: new Registry().addFolder(house) })
    expect(store.type).toBe('driver:Memory;id:Counter;serialize:JSON')
  })
})

describe('an unknown name', () => {
  test('is answered with the names that exist and the one that was meant', async () => {
    const registry = new Registry()
    const names = registry.list('driver').map(({ name }) => name)
    const find = registry.find('driver', 'Memroy')
    await expect(find).rejects.toThrow(UnknownPluginError)
    await expect(find).rejects.toThrow(
      `Unknown driver 'Memroy'; did you mean 'Memory'? There are: ${names.join(', ')}. ` +
        "(No package 'data-session-driver-memroy' is installed either.)",
    )
  })

  test('that resembles nothing gets no suggestion', async () => {
    await expect(registry.find('serializer', 'Papyrus')).rejects.toThrow(
      /^Unknown serializer 'Papyrus'\. There are: .*JSON/,
    )
  })

  test('says which kind of plug-in is meant', async () => {
    const open = (type: string): Promise<SessionStore> => SessionStore.open({ type })
    await expect(open('driver:nope')).rejects.toThrow("Unknown driver 'nope'")
    await expect(open('driver:Memory;id:nope')).rejects.toThrow("Unknown id generator 'nope'")
    await expect(registry.find('layout', 'nope')).rejects.toThrow("Unknown layout 'nope'")
  })

  test.for([
    '__proto__',
    'constructor',
    'hasOwnProperty',
    '..',
    '../drivers/Memory',
    'Memory.js',
    '@me/x',
    ' ',
  ])('%j is unknown like any other', async (name) => {
    await expect(registry.find('driver', name)).rejects.toThrow(UnknownPluginError)
  })

  test('of a kind that does not exist is refused', () => {
    expect(() => registry.list('drivers' as Kind)).toThrow(InvalidOptionError)
    expect(() => registry.list('drivers' as Kind)).toThrow(
      "Unknown kind of plug-in 'drivers'; the kinds are driver, id, serializer, layout",
    )
  })
})
