import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { dataSession, newFolder } from '../cli/data-session.ts'
import { contents, fill } from '../migrate/stores.ts'
import { root } from './pages.ts'

/** The commands of the page, in their order, as lists of arguments, with all that they name in this folder. */
function commandsOf(page: string, folder: string): string[][] {
  const text = readFileSync(join(root, page), 'utf8').replaceAll('\\\n', ' ')
  return [...text.matchAll(/^ {4}npx data-session (.*)$/gm)].map(([, command = '']) =>
    [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) =>
      (quoted ?? plain ?? '')
        .replace('/var/lib/shop/sessions', join(folder, 'old'))
        .replace('sessions.sqlite', join(folder, 'sessions.sqlite')),
    ),
  )
}

test('the commands of the page do what it says', async () => {
  const directory = newFolder()
  const old = join(directory, 'old')
  const [plan, run, back, ...more] = commandsOf('docs/migration.md', directory)
  expect(more).toEqual([])
  const from = { type: 'driver:file;serializer:storable;id:md5', directory: old }
  await fill(from, 5)
  const before = await contents(from)

  const planned = await dataSession(plan!, { directory })
  expect([planned.code, planned.err]).toEqual([0, ''])
  expect(planned.out).toMatch(/To be written +5\n/)
  const done = await dataSession(run!, { directory })
  expect([done.code, done.err]).toEqual([0, ''])
  expect(done.out).toMatch(/Verified +5\n/)

  renameSync(old, `${old}.away`)
  const returned = await dataSession(back!, { directory })
  expect([returned.code, returned.err]).toEqual([0, ''])
  const again = await contents(from)
  expect([...again.keys()].sort()).toEqual([...before.keys()].sort())
  for (const [id, { params, atime, ctime }] of before)
    expect(again.get(id)).toMatchObject({ params, atime, ctime })
  expect(existsSync(join(directory, 'data-session-quarantine'))).toBe(false)
})
