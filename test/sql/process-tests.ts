import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { SessionStore } from '../../src/index.ts'
import type { Service } from '../services/index.ts'
import { isMissingServer, type SqlServer } from './servers.ts'

const script = join(import.meta.dirname, '../processes/sql-update.mjs')

/** Ten processes that begin with making the table. */
export function processTests(kind: SqlServer, driver: string): void {
  describe.skipIf(isMissingServer(kind))(`ten processes with driver:${driver}`, () => {
    let server: Service
    beforeAll(async () => {
      server = await kind.start()
    })
    afterAll(() => server?.stop())

    test('lose no increment', async () => {
      const dataSource = String(kind.options(server)['dataSource'])
      const exits = Array.from({ length: 10 }, async () => {
        const child = spawn(process.execPath, [script, driver, dataSource, 'counters', '20'], {
          stdio: ['ignore', 'inherit', 'inherit'],
        })
        onTestFinished(() => void child.kill('SIGKILL'))
        return (await once(child, 'exit'))[0] as number
      })
      expect(await Promise.all(exits)).toEqual(Array.from({ length: 10 }, () => 0))
      const store = await SessionStore.open({
        type: `driver:${driver};id:MD5;serialize:JSON`,
        dataSource,
        tableName: 'counters',
      })
      onTestFinished(() => store.close())
      expect((await store.load('counter')).param('count')).toBe(200)
    })
  })
}
