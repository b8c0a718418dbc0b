import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { InvalidOptionError, InvalidPluginError, Registry, SessionStore } from '../../src/index.ts'
import { house } from './house.ts'

describe('registry.addFolder', () => {
  test('finds what lies in drivers/, id-generators/, serializers/ and layouts/', async () => {
    const tray = new Map<string, Uint8Array>()
    await using store = await SessionStore.open({
      type: 'driver:tray; id:COUNTER; serialize:base64; layout:envelope',
      registry: new Registry().addFolder(house),
      tray,
    })
    expect(store.type).toBe('driver:Tray;id:Counter;serialize:Base64;layout:Envelope')

    const session = await store.create()
    session.param('cart', ['apple'])
    await session.flush()
    expect(JSON.parse(atob(Buffer.from(tray.get('counter-1')!).toString()))).toMatchObject({
      letter: { cart: ['apple'] },
    })
    expect((await store.load('counter-1')).param('cart')).toEqual(['apple'])
  })

  test('lists modules under their names, and nothing else that lies there', () => {
    const mine = new Registry()
      .addFolder(house)
      .list()
      .filter(({ from }) => from.startsWith(pathToFileURL(house).href))
    expect(mine.map(({ kind, name }) => `${kind}:${name}`)).toEqual([
      'driver:Empty',
      'driver:Explosive',
      'driver:Toothless',
      'driver:Tray',
      'id:Counter',
      'serializer:Base64',
      'layout:Envelope',
    ])
  })

  test('imports a module when it is named, not before', async () => {
    const registry = new Registry().addFolder(house)
    expect(registry.list('driver').map(({ name }) => name)).toContain('Explosive')
    await registry.find('driver', 'Tray')
    await expect(registry.find('driver', 'explosive')).rejects.toThrow('Explosive was imported')
  })

  test('takes a path from where the program runs, and a URL', async () => {
    for (const path of [relative(process.cwd(), house), pathToFileURL(`${house}/`)]) {
      const { name } = await new Registry().addFolder(path).find('driver', 'tray')
      expect(name).toBe('Tray')
    }
  })

  test('refuses a folder without plug-ins, a missing one, and a file', () => {
    for (const path of [join(house, 'drivers'), join(house, 'nowhere'), join(house, 'drivers', 'Tray.js')]) {
      const add = (): Registry => new Registry().addFolder(path)
      expect(add).toThrow(InvalidOptionError)
      expect(add).toThrow(
        `No plug-ins in ${path}: expected modules in one of drivers/, id-generators/, serializers/, layouts/`,
      )
    }
  })

  test('puts the last folder first, and every folder before the built-in plug-ins', async () => {
    const [first, second] = [await folderWithMemory('first'), await folderWithMemory('second')]
    const registry = new Registry().addFolder(first).addFolder(second)
    const memories = registry.list('driver').filter(({ name }) => name.toLowerCase() === 'memory')
    expect(memories).toEqual([
      { kind: 'driver', name: 'memory', from: pathToFileURL(join(second, 'drivers', 'memory.mjs')).href },
    ])
    const { name, pluginClass } = await registry.find('driver', 'Memory')
    expect(name).toBe('memory')
    expect(pluginClass).toHaveProperty('madeFor', 'second')
  })

  test('prefers the compiled module to its source beside it', async () => {
    const folder = await folderWithMemory('compiled')
    await writeFile(join(folder, 'drivers', 'memory.ts'), 'this is not even TypeScript')
    const { pluginClass } = await new Registry().addFolder(folder).find('driver', 'memory')
    expect(pluginClass).toHaveProperty('madeFor', 'compiled')
  })

  test('a module without a class is refused when it is named', async () => {
    const empty = new Registry().addFolder(house).find('driver', 'empty')
    await expect(empty).rejects.toThrow(InvalidPluginError)
    await expect(empty).rejects.toThrow(
      "The module of driver 'Empty' exports no class: export it as default or as 'Empty'",
    )
  })

  test('a class that lacks verbs is refused when a store wants it', async () => {
    const open = SessionStore.open({
      type: 'driver:Toothless;id:Counter;serialize:Base64',
      registry: new Registry().addFolder(house),
    })
    await expect(open).rejects.toThrow(InvalidPluginError)
    await expect(open).rejects.toThrow("The driver 'Toothless' has no ids(), close()")
  })
})

async function folderWithMemory(madeFor: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'data-session-house-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await mkdir(join(folder, 'drivers'))
  await writeFile(
    join(folder, 'drivers', 'memory.mjs'),
    `export class Memory { static madeFor = '${madeFor}' }\n`,
  )
  return folder
}
