import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type GivenManagerOptions, SessionManager } from '../../src/index.ts'
import { newFolder } from '../cli/data-session.ts'
import { isMissing, redis, type ServiceName } from '../services/index.ts'
import { runNode } from '../support/project.ts'

const PROCESSES = 10
const worker = join(import.meta.dirname, 'new-session-worker.mjs')

/** How often each process asks for a session of each user, how many he may have, and what becomes of the others. */
const users = {
  alice: { times: 10, sessionsPerUser: 1, whenFull: 'replace' },
  bob: { times: 3, sessionsPerUser: 3, whenFull: 'replace' },
  carol: { times: 3, sessionsPerUser: 2, whenFull: 'refuse' },
} as const
type User = keyof typeof users

interface Place {
  readonly service?: ServiceName
  options(): GivenManagerOptions | Promise<GivenManagerOptions>
}

const places: Record<string, Place> = {
  'the backend file': { options: () => ({ backend: 'file', storageDir: newFolder() }) },
  'the backend database': { options: () => ({ backend: 'database', storageDir: newFolder() }) },
  Redis: {
    service: 'redis',
    options: async () => {
      const server = await redis()
      onTestFinished(() => server.stop())
      return { type: 'driver:Redis;id:SHA1;serialize:JSON', dataSource: `redis://127.0.0.1:${server.port}` }
    },
  },
}

async function run(options: object): Promise<Record<User, string[]>> {
  const { code, stdout, stderr } = await runNode([worker, JSON.stringify(options)])
  if (code !== 0) throw new Error(`a worker ended with ${code}: ${stderr}`)
  return JSON.parse(stdout) as Record<User, string[]>
}

describe.each(Object.entries(places))(
  'ten processes ask for sessions of users, on %s',
  (_, { service, options }) => {
    test.skipIf(service !== undefined && isMissing(service))(
      'of a hundred of one user one is left that works; of others as many as they may have',
      async () => {
        const given = { ...(await options()), timeout: 60_000 }
        await using manager = await SessionManager.open(given)
        const all = await Promise.all(Array.from({ length: PROCESSES }, () => run({ ...given, users })))
        const working: string[] = []
        for (const user of Object.keys(users) as User[]) {
          const { times, sessionsPerUser, whenFull } = users[user]
          const ids = all.flatMap((one) => one[user])
          expect(ids).toHaveLength(whenFull === 'refuse' ? sessionsPerUser : PROCESSES * times)
          const left: string[] = []
          for (const id of ids) {
            const found = await manager.getSession(id)
            if (found.success && (await found.session.save()).success) left.push(id)
          }
          expect(left).toHaveLength(sessionsPerUser)
          working.push(...left)
        }
        const cleanup = await manager.cleanupSessions()
        expect(cleanup.success && cleanup.active.sort()).toEqual(working.sort())
        expect(await manager.deleteUserSession('bob')).toEqual({ success: true, deletedCount: 3 })
      },
      120_000,
    )
  },
)
