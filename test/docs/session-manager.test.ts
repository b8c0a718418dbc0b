import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import * as errors from '../../src/errors.ts'
import { namedBlock, readPage } from './pages.ts'

const page = readPage('docs/models/session-manager.md')
const folder = mkdtempSync(join(import.meta.dirname, '.tmp-session-manager-'))
const storageDir = mkdtempSync(join(tmpdir(), 'data-session-'))
afterAll(() => {
  for (const each of [folder, storageDir]) rmSync(each, { recursive: true })
})

interface Visits {
  login(userId: string): Promise<string>
  visit(sessionId: string, page: string): Promise<string[] | undefined>
  logout(userId: string): Promise<number>
  close(): Promise<unknown>
}

test('the example lets a user log in, look at pages, log in elsewhere, and log out', async () => {
  const code = namedBlock(page, 'visits.ts')
    .text.replace("'data-session'", "'../../../src/index.ts'")
    .replace('/var/lib/shop/sessions', storageDir)
  const file = join(folder, 'visits.ts')
  writeFileSync(file, code)
  const { login, visit, logout, close } = (await import(
    /* @vite-ignore */ pathToFileURL(file).href
  )) as Visits
  const first = await login('alice')
  expect(await visit(first, '/')).toEqual(['/'])
  expect(await visit(first, '/cart')).toEqual(['/', '/cart'])
  const second = await login('alice')
  expect(await visit(first, '/')).toBeUndefined()
  expect(await visit(second, '/')).toEqual(['/'])
  expect(await logout('alice')).toBe(1)
  expect(await visit(second, '/')).toBeUndefined()
  await close()
})

describe('the table of codes', () => {
  const codes = page.rows.flatMap(([cell = '']) => [...cell.matchAll(/`(ERR_\w+)`/g)].map(([, code]) => code))
  const own = ['USER_REQUIRED', 'ID_REQUIRED', 'NOT_FOUND', 'LIMIT', 'UNEXPECTED'].map(
    (end) => `ERR_SESSION_${end}`,
  )

  test('has those of the manager, and otherwise codes of errors', () => {
    expect(codes).toEqual(expect.arrayContaining(own))
    const made = [
      new errors.SessionGoneError('x'),
      new errors.InvalidIdError('x'),
      new errors.FreezeError('x', 'x'),
      new errors.InvalidOptionError('x'),
      new errors.InvalidTimeError('x'),
    ].map(({ code }) => code)
    expect(new Set(codes.filter((code) => !own.includes(code!)))).toEqual(new Set(made))
  })
})
