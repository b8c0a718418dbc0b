import { setTimeout as delay } from 'node:timers/promises'
import type { Deadline } from '../sql/deadline.ts'
import type { Client, PgModule } from './client.ts'
import { PgLink } from './link.ts'

/** The server is starting or ending, or has all the connections that it may have: later there may be one. */
const notNow = new Set(['57P03', '53300'])

const pause = 50

/** Opens a connection of our own; waits for a server that is about to be ready. */
export async function connectPg(
  pg: PgModule,
  config: Readonly<Record<string, unknown>>,
  deadline: Deadline,
): Promise<PgLink> {
  for (;;) {
    const client = new pg.Client(config)
    const link = new PgLink(client)
    try {
      await deadline.wait(connected(client), () => link.cut())
      return link
    } catch (error) {
      link.cut()
      const { code } = Object(error) as { code?: unknown }
      if (deadline.over || !notNow.has(String(code)) || deadline.left <= pause) throw error
      await delay(pause)
    }
  }
}

function connected(client: Client): Promise<void> {
  return new Promise((resolve, reject) => {
    client.connect((error) => {
      if (error) reject(error)
      else resolve()
    })
  })
}
