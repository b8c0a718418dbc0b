import { join } from 'node:path'
import { inProcess } from '../aims.mjs'
import { bareSqlite } from '../contenders/bare-sqlite.mjs'
import { bare, express, ours, peer } from '../contenders/contender.mjs'

export default {
  aims: inProcess,
  contenders: [
    bare('SQLite client', bareSqlite),
    ours(({ folder }) => ({ dataSource: join(folder, 'data-session.sqlite') })),
    express('better-sqlite3-session-store', 'betterSqlite3Store'),
    peer('@keyv/sqlite', async (place) => (await import('../contenders/keyv-sqlite.mjs')).keyvSqlite(place)),
  ],
}
