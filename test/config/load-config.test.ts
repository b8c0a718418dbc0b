import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { InvalidOptionError, loadConfig, SessionStore } from '../../src/index.ts'
import { dataSession } from '../cli/data-session.ts'

const name = 'data-session.config'

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'data-session-config-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text)
  return folder
}

const options = { type: 'driver:Pg', tableName: 'carts', dataSourceAttrs: { max: 3 } }
const yaml = 'type: driver:Pg\ntable_name: carts\ndataSourceAttrs:\n  max: 3\n'

describe('a file', () => {
  test.each([
    ['json', JSON.stringify(options)],
    ['yaml', yaml],
    ['yml', yaml],
    ['mjs', `export default ${JSON.stringify(options)}`],
    ['mjs', `export default async () => (${JSON.stringify(options)})`],
    ['js', `module.exports = ${JSON.stringify(options)}`],
  ])('in %s is found', async (ending, text) => {
    const directory = folderWith({ [`${name}.${ending}`]: text })
    expect(await loadConfig({ directory, environment: {} })).toEqual(options)
  })

  test('may be named, by the call or by the environment', async () => {
    const directory = folderWith({
      [`${name}.json`]: '{"type":"driver:Pg"}',
      'other.yaml': 'type: driver:mysql',
    })
    const mysql = { type: 'driver:mysql' }
    expect(await loadConfig({ directory, file: 'other.yaml', environment: {} })).toEqual(mysql)
    const environment = { DATA_SESSION_CONFIG: join(directory, 'other.yaml') }
    expect(await loadConfig({ environment })).toEqual(mysql)
    expect(await loadConfig({ directory, file: `${name}.json`, environment })).toEqual({ type: 'driver:Pg' })
  })

  test('need not be there', async () => {
    expect(await loadConfig({ directory: folderWith({}), environment: {} })).toEqual({})
    expect(await loadConfig({ directory: folderWith({ [`${name}.yaml`]: '' }), environment: {} })).toEqual({})
  })

  test.each([
    ['absent.json', {}, 'ENOENT'],
    ['other.toml', { 'other.toml': '' }, 'is not a file of configuration'],
    ['bad.json', { 'bad.json': '{' }, 'bad.json cannot be used: '],
    ['bad.yaml', { 'bad.yaml': 'a: [' }, 'bad.yaml cannot be used: '],
    ['list.yaml', { 'list.yaml': '- a' }, 'has no options at its top'],
    ['typo.json', { 'typo.json': '{"tabelName":"x"}' }, "did you mean 'tableName'?"],
    ['wrong.json', { 'wrong.json': '{"timeout":"soon"}' }, "Option 'timeout' must be a number"],
    ['none.mjs', { 'none.mjs': 'export const type = 1' }, 'it has no default export'],
    ['thrown.mjs', { 'thrown.mjs': 'throw new Error("not today")' }, 'not today'],
  ])('that will not do is told: %s', async (file, files, message) => {
    const loading = loadConfig({ directory: folderWith(files), file, environment: {} })
    await expect(loading).rejects.toThrow(InvalidOptionError)
    await expect(loading).rejects.toThrow(message)
    await expect(loading).rejects.toThrow(file)
  })

  test('is one, not two', async () => {
    const directory = folderWith({ [`${name}.json`]: '{}', [`${name}.yml`]: '' })
    await expect(loadConfig({ directory, environment: {} })).rejects.toThrow(/config\.json and .*config\.yml/)
  })
})

describe('the environment', () => {
  test('goes before the file', async () => {
    const directory = folderWith({ [`${name}.yaml`]: 'type: driver:Pg\ntableName: carts\n' })
    const environment = {
      DATA_SESSION_TABLE_NAME: 'other',
      DATA_SESSION_PG_TEXT: 'true',
      DATA_SESSION_DATA_SOURCE_ATTRS: '{"max":3}',
      DATA_SESSIONS: 'ignored',
    }
    expect(await loadConfig({ directory, environment })).toEqual({
      type: 'driver:Pg',
      tableName: 'other',
      pgText: true,
      dataSourceAttrs: { max: 3 },
    })
  })

  test('is the one of the process, as the folder is', async () => {
    vi.stubEnv('DATA_SESSION_TYPE', 'driver:Memory')
    vi.spyOn(process, 'cwd').mockReturnValue(folderWith({ [`${name}.json`]: '{"memoryName":"shop"}' }))
    expect(await loadConfig()).toEqual({ type: 'driver:Memory', memoryName: 'shop' })
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
  })

  test('is named when a variable will not do', async () => {
    const loading = loadConfig({ directory: folderWith({}), environment: { DATA_SESSION_TABEL_NAME: 'x' } })
    await expect(loading).rejects.toThrow(InvalidOptionError)
    await expect(loading).rejects.toThrow(/The variable DATA_SESSION_TABEL_NAME: .*did you mean 'tableName'/)
  })
})

test('a program and the command line open the same store', async () => {
  const directory = folderWith({})
  const text = `type: driver:File;id:SHA256;serialize:JSON\ndirectory: ${directory}\nfileName: s_%s\n`
  writeFileSync(join(directory, `${name}.yaml`), text)
  await using store = await SessionStore.open(await loadConfig({ directory, environment: {} }))
  const session = await store.create()
  session.param('x', 1)
  await session.flush()
  expect((await dataSession('ls', { directory })).out).toBe(`${session.id}\n`)

  // Flags go before the environment, and that before the file.
  const environment = { DATA_SESSION_FILE_NAME: 't_%s' }
  expect((await dataSession('ls', { directory, environment })).out).toBe('')
  expect((await dataSession('ls --file-name s_%s', { directory, environment })).out).toBe(`${session.id}\n`)
  expect((await dataSession('ls -o fileName=s_%s', { directory, environment })).out).toBe(`${session.id}\n`)
  expect((await dataSession(`ls -c ${join(directory, 'absent.yaml')}`)).code).toBe(2)
})
