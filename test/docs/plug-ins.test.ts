import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { randomBytes } from 'node:crypto'
import { afterAll, describe, expect, test } from 'vitest'
import { Registry, SessionStore } from '../../src/index.ts'
import type { Driver, IdGenerator, PluginContext, Serializer } from '../../src/plugin.ts'
import { type ContractCase, idGeneratorContract, serializerContract } from '../../src/testing/index.ts'
import { namedBlock, readPage } from './pages.ts'

const page = readPage('docs/plug-ins.md')
const folder = mkdtempSync(join(import.meta.dirname, '.tmp-plug-ins-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Writes a code block of the page to a file of its name, on the sources instead of the built package. */
function extract(file: string): void {
  const { text } = namedBlock(page, file)
  const code = text
    .replaceAll("'data-session/plugin'", "'../../../src/plugin.ts'")
    .replaceAll("'data-session/testing'", "'../../../src/testing/index.ts'")
    .replaceAll("'data-session/serializers/JSON'", "'../../../serializers/JSON.ts'")
  writeFileSync(join(folder, file), code)
}

async function load<T>(file: string): Promise<T> {
  extract(file)
  return import(/* @vite-ignore */ pathToFileURL(join(folder, file)).href) as Promise<T>
}

function testAll(cases: readonly ContractCase[]): void {
  for (const { name, run } of cases) test(name, run)
}

describe('the driver of the page', async () => {
  const { default: Cache } = await load<{ default: new (options: object) => Driver }>('Cache.ts')
  const { cases } = await load<{ cases: readonly ContractCase[] }>('contract.ts')

  testAll(cases)

  test('has forty lines', () => {
    const lines = namedBlock(page, 'Cache.ts').text.split('\n')
    const from = lines.indexOf('@injectable()')
    const length = lines.indexOf('}', from) + 1 - from
    expect(length).toBeGreaterThan(30)
    expect(length).toBeLessThanOrEqual(40)
  })

  test('keeps sessions', async () => {
    const values = new Map<string, string>()
    const cache = {
      get: async (key: string) => values.get(key),
      set: async (key: string, value: string) => values.set(key, value),
      delete: async (key: string) => values.delete(key),
      scan: () => values.keys(),
    }
    const registry = new Registry().register('driver', 'Cache', Cache)
    const options = { type: 'driver:cache;id:SHA256;serialize:JSON', registry }
    await using store = await SessionStore.open({ ...options, cache })
    const session = await store.create()
    session.param('cart', ['apple'])
    await session.flush()
    expect([...values.keys()]).toEqual([session.id])
    expect((await store.load(session.id)).param('cart')).toEqual(['apple'])
    await expect(SessionStore.open(options)).rejects.toThrow('driver:Cache needs the option cache')
  })
})

describe('the id generator of the page', async () => {
  const { default: Letters } = await load<{ default: new (context: Partial<PluginContext>) => IdGenerator }>(
    'Letters.mjs',
  )
  testAll(idGeneratorContract({ create: ({ random }) => new Letters({ random }) }))

  test('makes 26 letters', () => {
    expect(new Letters({ random: randomBytes }).generate()).toMatch(/^[a-z]{26}$/)
  })
})

describe('the serializer of the page', async () => {
  const { default: Zipped } = await load<{ default: new () => Serializer }>('Zipped.ts')
  const { setups } = (await import('../contract/serializers/JSON.ts')) as {
    setups: Record<string, Pick<Parameters<typeof serializerContract>[0], 'without'>>
  }
  testAll(serializerContract({ create: () => new Zipped(), without: setups['by default']?.without ?? {} }))
})
