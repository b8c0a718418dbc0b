import { setTimeout as delay } from 'node:timers/promises'
import type { Deadline } from '../sql/deadline.ts'
import type { Connection, MysqlModule } from './client.ts'
import { MysqlLink, ownSettings } from './link.ts'
import { mysqlSessionSql } from './session.ts'

/** ER_CON_COUNT_ERROR, ER_SERVER_SHUTDOWN: later there may be a connection to be had. */
const notNow = new Set<unknown>([1040, 1053])

const pause = 50

/** Opens a connection of our own, on which no statement waits for a lock for longer than `timeout` milliseconds. */
export async function connectMysql(
  mysql: MysqlModule,
  config: Readonly<Record<string, unknown>>,
  timeout: number,
  deadline: Deadline,
): Promise<MysqlLink> {
  const settings = mysqlSessionSql(timeout)
  for (;;) {
    const connection = mysql.createConnection({ ...config, ...ownSettings })
    const link = new MysqlLink(connection, true)
    try {
      await deadline.wait(settled(connection, settings), () => link.cut())
      return link
    } catch (error) {
      link.cut()
      const { errno } = Object(error) as { errno?: unknown }
      if (deadline.over || !notNow.has(errno) || deadline.left <= pause) throw error
      await delay(pause)
    }
  }
}

function settled(connection: Connection, settings: string): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.connect((failure) => {
      if (failure) return reject(failure)
      connection.query(settings, (error) => {
        if (error) reject(error)
        else resolve()
      })
    })
  })
}
