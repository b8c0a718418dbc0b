import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Driver } from '../../src/contracts/driver.ts'
import type { PluginOptions } from '../../src/contracts/services.ts'
import { contextOf } from '../../src/testing/context.ts'
import { builtIn } from './plugins.ts'
import { fastScratchFolder } from './scratch.ts'

const folder = fastScratchFolder()
const RIVALS = 3
const RACES = 60
const STEPS = 15

/** A script of test/processes on the built package. */
function start(script: string, ...args: string[]) {
  const path = join(import.meta.dirname, '..', 'processes', script)
  const child = spawn(process.execPath, ['--test-reporter=tap', path, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

/** A script from its beginning to its end. */
async function run(script: string, ...args: string[]) {
  const child = start(script, ...args)
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number]>,
  ])
  return { output, errors, code }
}

interface Won {
  readonly created: readonly number[]
  readonly removed: readonly number[]
}

async function rival(argument: unknown): Promise<{ begin: () => void; won: Promise<Won> }> {
  const child = start('contract-rivals.mjs', JSON.stringify(argument))
  const errors = text(child.stderr)
  const lines = child.stdout.setEncoding('utf8')[Symbol.asyncIterator]() as AsyncIterator<string>
  if ((await lines.next()).done) throw new Error(await errors)
  const finish = async () => {
    let output = ''
    for (let step = await lines.next(); !step.done; step = await lines.next()) output += step.value
    if (output === '') throw new Error(await errors)
    return JSON.parse(output) as Won
  }
  return { begin: () => child.stdin.write('begin\n'), won: finish() }
}

describe('processes on one storage', () => {
  test.each<[string, string, PluginOptions]>([
    ['File', 'File', { directory: join(folder, 'files') }],
    ['File, shared with Perl', 'File', { directory: join(folder, 'shared'), shared: true, timeout: 60_000 }],
    ['SQLite', 'SQLite', { dataSource: join(folder, 'sessions.sqlite'), timeout: 60_000 }],
  ])('%s: one wins each race, and no step is lost', async (_, plugin, options) => {
    const driver = await builtIn<Driver>('drivers', plugin, contextOf(Date.now, ''), options)
    await driver.open?.()
    await driver.store('counter', Buffer.from('0'), undefined)
    for (let race = 0; race < RACES; race += 1) {
      await driver.store(`old${race}`, Buffer.from('old'), undefined)
    }

    const names = Array.from({ length: RIVALS }, (_, number) => `rival ${number}`)
    const rivals = await Promise.all(
      names.map((name) => rival({ plugin, options, name, races: RACES, steps: STEPS })),
    )
    for (const { begin } of rivals) begin()
    const won = await Promise.all(rivals.map((rival) => rival.won))

    const races = Array.from({ length: RACES }, (_, race) => race)
    const order = (one: number, other: number) => one - other
    expect(won.flatMap(({ created }) => created).sort(order)).toEqual(races)
    expect(won.flatMap(({ removed }) => removed).sort(order)).toEqual(races)
    for (const [number, { created }] of won.entries()) {
      for (const race of created) {
        expect(Buffer.from((await driver.retrieve(`new${race}`))!.image).toString()).toBe(names[number])
      }
    }
    expect(Buffer.from((await driver.retrieve('counter'))!.image).toString()).toBe(String(RIVALS * STEPS))
    await driver.close()
  })
})

describe('the built package', () => {
  test('runs the suite without a test runner', async () => {
    const { output, code } = await run('contract-memory.mjs')
    expect(output).toContain('ok    absence: remove answers whether there was a record\n')
    expect(output).toContain('skip  outage: retrieve throws (there is no storage that could fail)\n')
    expect(output).toMatch(/^\d+ passed, \d+ skipped$/m)
    expect(code).toBe(0)
  })

  test('ends with an error when a case fails', async () => {
    const { output, errors, code } = await run('contract-memory.mjs', 'broken')
    expect(output).toContain('FAIL  absence: remove answers whether there was a record\n')
    expect(errors).toMatch(/\d+ failed, \d+ passed, \d+ skipped/)
    expect(code).toBe(1)
  })

  test('runs the suite under node:test, which shows what is skipped and why', async () => {
    const { output, code } = await run('contract-node-test.mjs')
    expect(output).toMatch(/ok \d+ - absence: remove answers whether there was a record\n/)
    expect(output).toMatch(/ok \d+ - outage: retrieve throws # SKIP there is no storage that could fail\n/)
    expect(output).toMatch(/# fail 0\n/)
    expect(code).toBe(0)
  })
})
