import { join } from 'node:path'
import { expect } from 'vitest'
import { SessionStore } from '../../src/index.ts'
import { runNode } from '../support/project.ts'

const program = join(import.meta.dirname, '../processes/server-update.mjs')

/** What so many processes make of a number in a session that each of them raises so many times. */
export async function count(
  driver: string,
  dataSource: string,
  processes: number,
  times: number,
): Promise<unknown> {
  await using store = await SessionStore.open<{ count: number }>({
    type: `driver:${driver};id:SHA256;serialize:JSON`,
    dataSource,
    timeout: 30_000,
  })
  const session = await store.load()
  session.param('count', 0)
  await session.flush()
  const outcomes = await Promise.all(
    Array.from({ length: processes }, () =>
      runNode([program, driver, dataSource, session.id, String(times)]),
    ),
  )
  for (const outcome of outcomes) expect(outcome).toEqual({ code: 0, stdout: '', stderr: '' })
  return (await store.load(session.id)).param('count')
}
