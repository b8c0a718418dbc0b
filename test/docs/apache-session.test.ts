import { mkdtempSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import {
  ApacheSession,
  type HashSession,
  type HashSessions,
  Registry,
  SessionStore,
  type StorageClass,
} from '../../src/index.ts'
import type { Driver, PluginContext } from '../../src/plugin.ts'
import { driverContract } from '../../src/testing/index.ts'
import { newFolder } from '../cli/data-session.ts'
import { fastScratchFolder } from '../contract/scratch.ts'
import { readSettings } from '../../src/models/apache-session/settings.ts'
import { namedBlock, readPage, root } from './pages.ts'

const page = readPage('docs/models/apache-session.md')
const folder = mkdtempSync(join(import.meta.dirname, '.tmp-apache-session-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A code block of the page as a module, on the sources instead of the built package. */
async function load<T>(file: string): Promise<T> {
  const code = namedBlock(page, file)
    .text.replaceAll("'data-session/plugin'", "'../../../src/plugin.ts'")
    .replaceAll("'data-session'", "'../../../src/index.ts'")
    .replaceAll("'./Notes.js'", "'./Notes.ts'")
    .replaceAll('/tmp/notes', join(folder, 'notes'))
  writeFileSync(join(folder, file), code)
  return import(/* @vite-ignore */ pathToFileURL(join(folder, file)).href) as Promise<T>
}

test('the script', async () => {
  const { shop, cartOf } = await load<{
    shop(directory: string): Promise<string>
    cartOf(id: string, directory: string): Promise<readonly string[]>
  }>('script.ts')
  const directory = newFolder()
  const id = await shop(directory)
  expect(await cartOf(id, directory)).toEqual(['apple', 'pear'])
  expect(await cartOf('another', directory)).toEqual([])
})

test('the server', async () => {
  const { answer, store } = await load<{
    answer(id: string | undefined): Promise<{ text: string; id: string }>
    store: SessionStore
  }>('server.ts')
  const { id, text } = await answer(undefined)
  expect([text, id.length]).toEqual(['Visit 1', 32])
  expect(await answer(id)).toEqual({ text: 'Visit 2', id })
  expect((await answer('unknown')).text).toBe('Visit 1')
  await store.close()
})

test('the class', async () => {
  const { ShopSession } = await load<{
    ShopSession: { 'new'(): Promise<HashSession<{ cart: string[] }> & { put(article: string): void }> }
  }>('class.ts')
  await using s = await ShopSession.new()
  s.put('apple')
  s.put('pear')
  expect([s.cart, s._LIFETIME]).toEqual([['apple', 'pear'], 7200])
})

test('the counter', async () => {
  const { sellTicket } = await load<{ sellTicket(store: SessionStore, id: string): Promise<number> }>(
    'counter.ts',
  )
  await using store = await SessionStore.open({ type: 'driver:Memory', memoryName: 'tickets' })
  const { _ID: id } = await ApacheSession.new({ store })
  const sold = await Promise.all([1, 2, 3, 4].map(() => sellTicket(store, id)))
  expect(new Set(sold)).toEqual(new Set([1, 2, 3, 4]))
  await expect(sellTicket(store, 'nobody')).rejects.toThrow('There is no such session')
})

test('the link', async () => {
  const { link, idIn } = await load<{ link(s: HashSession): string; idIn(url: string): string | undefined }>(
    'link.ts',
  )
  await using s = await ApacheSession.new({ type: 'driver:Memory' })
  expect(link(s)).toBe(`https://shop.example/cart/${s._ID}?page=2#top`)
  expect(idIn(link(s))).toBe(s._ID)
})

describe('the storage class', async () => {
  const { Notes } = await load<{
    Notes: StorageClass & { asDriver(): new (context: PluginContext) => Driver }
  }>('Notes.ts')
  const scratch = fastScratchFolder()

  test('in use', async () => {
    const { note, openNotes } = await load<{
      note(article: string): Promise<string>
      openNotes(): Promise<SessionStore>
    }>('use-notes.ts')
    const id = await note('apple')
    await using store = await openNotes()
    const session = (await store.find(id))!
    expect([session.param('cart'), session.etime]).toEqual([['apple'], 86_400])
  })

  test('takes a dozen lines beside its names', () => {
    const { text } = namedBlock(page, 'Notes.ts')
    const [, body = ''] = /class Notes[^]*?\n([^]*?)\n}\n/.exec(text) ?? []
    expect(body.split('\n').filter((line) => /^ {4}\S/.test(line)).length).toBeLessThanOrEqual(12)
  })

  const cases = driverContract({
    records: 300,
    create: (context) => {
      const options = { notes: join(scratch, context.storage) }
      return new (Notes.asDriver())({ ...context, options })
    },
    destroy: (storage) => rmSync(join(scratch, storage), { recursive: true, force: true }),
  })
  for (const { name, run } of cases) test(name, run)

  test('and a registry of its own', async () => {
    const registry = new Registry().register('driver', 'Notes', Notes.asDriver())
    const type = 'driver:Notes;serialize:JSON;layout:ApacheSession'
    await using s = await ApacheSession.new({ type, registry, notes: newFolder() })
    expect(s._LIFETIME).toBe(3600)
  })
})

describe('the tables', () => {
  test('name every option, with its default', () => {
    const { autocommit, usualLifetime, maxAttempts, idLength, store } = readSettings({}, {}, {})
    const defaults: Record<string, string> = {
      autocommit: String(Number(autocommit)),
      lifetime: String(usualLifetime),
      maxAttempts: String(maxAttempts),
      idLength: String(idLength),
      type: `\`${(store as { type: string }).type}\``,
    }
    for (const [option, value] of Object.entries(defaults)) {
      const row = page.rows.find(([first, , third]) => first === `\`${option}\`` && third !== '')
      expect(row?.[2], option).toBe(value)
    }
  })

  test('name scripts that are there', () => {
    const scripts = page.rows.flatMap((row) => /dist\/scripts\/([\w.-]+)\.js/.exec(row.join(' '))?.[1] ?? [])
    expect(scripts).toHaveLength(4)
    expect(scripts.filter((name) => !existsSync(join(root, 'scripts', `${name}.ts`)))).toEqual([])
  })

  test('name every verb of a session', () => {
    const text = page.rows.flat().join('\n')
    for (const name of Object.getOwnPropertyNames(ApacheSession.prototype)) {
      if (name !== 'constructor') expect(text, name).toContain(name)
    }
  })
})

test('a class of sessions in one store is a type of its own', () => {
  const sessions: HashSessions<{ a: number }> = ApacheSession
  expect(sessions).toBe(ApacheSession)
})
