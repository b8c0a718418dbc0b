import { spawnSync } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const library = pathToFileURL(join(import.meta.dirname, '..', '..', 'dist', 'src', 'index.js')).href

/** Runs a program that has a `store` with `verbose: 1` and answers what it said on standard error. */
function run(program: string): string {
  const source = `
    import { SessionStore } from ${JSON.stringify(library)}
    const store = await SessionStore.open({ type: 'driver:Memory;id:SHA256;serialize:JSON', verbose: 1 })
    ${program}`
  const { stderr, status } = spawnSync(
    process.execPath,
    ['--expose-gc', '--input-type=module', '-e', source],
    {
      encoding: 'utf8',
    },
  )
  expect(status, stderr).toBe(0)
  return stderr
}

test('a session that is still held at the end of the program with changes is named', () => {
  const said = run(`
    const session = await store.load('forgotten')
    session.param('x', 1)
    const inside = await store.load('inside')
    inside.param('list', [1])
    await inside.flush()
    inside.param('list').push(2)
    globalThis.held = [session, inside]`)
  expect(said).toContain('# Session forgotten was still open at the end of the program with changes')
  expect(said).toContain('# Session inside was still open')
})

test('a session that is dropped with changes is named', () => {
  const said = run(`
    await (async () => { (await store.load('dropped')).param('x', 1) })()
    for (let turn = 0; turn < 20; turn++) {
      gc()
      await new Promise((resolve) => setTimeout(resolve, 5))
    }`)
  expect(said).toContain('# Session dropped was dropped with changes that were not flushed')
})

test('sessions that were flushed, only read, or deleted are not', () => {
  const said = run(`
    const flushed = await store.load('a')
    flushed.param('x', 1)
    await flushed.flush()
    const read = await store.load('a')
    read.param('x')
    const deleted = await store.load('b')
    deleted.param('x', 1)
    await deleted.delete()
    const closed = await store.load('c')
    closed.param('x', 1)
    await closed.close()
    globalThis.held = [flushed, read, deleted, closed]`)
  expect(said).not.toContain('Session')
})
