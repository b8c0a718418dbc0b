import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SessionStore, type SessionOptions } from '../../src/index.ts'
import { runScript, TemporaryFolder } from './run-script.ts'

/** Two sessions that expired in the past, one that lives on, and one that never expires. */
async function fill(options: SessionOptions): Promise<void> {
  await using store = await SessionStore.open({ ...options, clock: () => Date.now() - 3_600_000 })
  for (const [id, lifetime] of Object.entries({ past1: '1m', past2: '30m', lives: '2h', forever: 0 })) {
    const session = await store.load(id)
    session.param('id', id)
    session.expire(lifetime)
    await session.flush()
  }
}

describe('expire', () => {
  test.each([
    ['driver:SQLite;id:SHA256;serialize:JSON', 'data_source', 'sessions.sqlite'],
    ['driver:File;id:MD5;serialize:DataDumper', 'directory', '.'],
  ])('drops what has expired from %s, and nothing else', async (type, option, place) => {
    using folder = new TemporaryFolder()
    const path = join(folder.path, place)
    await fill({ type, [option]: path })
    const args = [type.replace(/id:\w+;/, ''), `${option}=${path}`]
    const ran = await runScript('expire', args, folder.environment)
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    expect(ran.stdout).toMatch(/^driver:\w+;id:MD5;serialize:\w+: 2 expired, 2 left\n$/)

    await using store = await SessionStore.open({ type, [option]: path })
    const left: string[] = []
    await store.traverse((id) => left.push(id))
    expect(left.sort()).toEqual(['forever', 'lives'])
  })

  test.each([
    [[], 2, 'Usage:'],
    [['driver:Fil'], 1, "did you mean 'File'?"],
    [['driver:File', 'directry=x'], 1, "did you mean 'directory'?"],
  ])('answers %j with code %i', async (args, code, message) => {
    using folder = new TemporaryFolder()
    const ran = await runScript('expire', args, folder.environment)
    expect(ran).toMatchObject({ code, stdout: '' })
    expect(ran.stderr).toContain(message)
    expect(ran.stderr).not.toContain('    at ')
  })

  test('says how it is used', async () => {
    const ran = await runScript('expire', ['--help'])
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    expect(ran.stdout).toContain('Usage:')
  })
})
