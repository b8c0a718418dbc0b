import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, test, vi } from 'vitest'
import { dataSession, jsonLines, newFolder } from './data-session.ts'

interface Plugin {
  readonly kind: string
  readonly name: string
  readonly from: string
}

const root = join(import.meta.dirname, '..', '..')

describe('plugins', () => {
  test('are listed by kind, with their place', async () => {
    const { code, out } = await dataSession('plugins')
    expect(code).toBe(0)
    const titles = out.split('\n').filter((line) => /^\S/.test(line))
    expect(titles).toEqual(['drivers', 'id generators', 'serializers', 'layouts'])
    expect(out).toMatch(/^ {2}SQLite +\/.*\/drivers\/SQLite\.ts$/m)
  })

  test('are told to programs', async () => {
    const [plugins] = jsonLines((await dataSession('plugins --json')).out) as Plugin[][]
    const from = pathToFileURL(join(root, 'layouts', 'CGISession.ts')).href.replace(
      '/layouts/',
      '/src/layouts/',
    )
    expect(plugins).toContainEqual({ kind: 'layout', name: 'CGISession', from })
  })

  test('are those that a configuration registers, too', async () => {
    const directory = newFolder()
    const index = pathToFileURL(join(root, 'src', 'index.ts')).href
    mkdirSync(join(directory, 'drivers'))
    writeFileSync(join(directory, 'drivers', 'Cellar.mjs'), '')
    writeFileSync(
      join(directory, 'data-session.config.mjs'),
      `import { Registry } from ${JSON.stringify(index)}
      const registry = new Registry().register('id', 'Mine', class {}).addFolder(import.meta.dirname)
      export default { registry }`,
    )
    const { out } = await dataSession('plugins', { directory })
    expect(out).toMatch(/^ {2}Mine +registered$/m)
    expect(out).toContain(join(directory, 'drivers', 'Cellar.mjs'))
  })

  test('are installed packages of the conventional name, too', async () => {
    const project = newFolder()
    for (const name of [
      'data-session-driver-tiny',
      'data-session-serializer-reverse',
      'data-session-id-words',
    ]) {
      cpSync(join(root, 'test', 'fixtures', 'plugins', name), join(project, 'node_modules', name), {
        recursive: true,
      })
    }
    vi.spyOn(process, 'cwd').mockReturnValue(project)
    const [plugins] = jsonLines((await dataSession('plugins --json')).out) as Plugin[][]
    vi.restoreAllMocks()
    const packages = plugins!.filter(({ from }) => from.includes('node_modules'))
    expect(packages.map(({ kind, name }) => `${kind} ${name}`)).toEqual(
      ['driver tiny', 'serializer reverse', 'id words'].sort((a, b) =>
        a.split(' ')[1]! < b.split(' ')[1]! ? -1 : 1,
      ),
    )
  })
})

describe('new-id', () => {
  test.each([
    ['', /^[0-9a-f]{32}\n$/],
    ['--type id:SHA256 -n 3', /^(?:[0-9a-f]{64}\n){3}$/],
    ['--type driver:SQLite;id:UUID36', /^[-0-9A-F]{36}\n$/],
    ['--type d:db_file;s:storable;i:md5', /^[0-9a-f]{32}\n$/],
    ['--type id:SHA1 --json', /^\{"id":"[0-9a-f]{40}"\}\n$/],
  ])('%s', async (args, expected) => {
    const { code, out, err } = await dataSession(`new-id ${args}`)
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(expected)
  })

  test('counts on', async () => {
    const idFile = join(newFolder(), 'ids')
    const args = ['new-id', '-t', 'id:AutoIncrement', '-o', `idFile=${idFile}`, '-o', 'idBase=10']
    expect((await dataSession([...args, '-n', '2'])).out).toBe('11\n12\n')
    expect((await dataSession(args)).out).toBe('13\n')
  })
})
