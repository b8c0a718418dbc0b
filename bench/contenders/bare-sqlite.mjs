import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { edited, freeze, LIFETIME, now } from './bare-record.mjs'
import { openSqlite } from './sqlite-client.mjs'

/** Prepared statements on a table with an indexed time of expiry. */
export async function bareSqlite({ folder }) {
  const database = await openSqlite(join(folder, 'bare.sqlite'))
  database.exec('create table sessions (id text primary key, data text not null, expires integer)')
  database.exec('create index sessions_expires on sessions (expires)')
  const [insert, select, update, move, ids, purge, remove] = [
    'insert into sessions (id, data, expires) values (?, ?, ?)',
    'select data from sessions where id = ?',
    'update sessions set data = ?, expires = ? where id = ?',
    'update sessions set expires = ? where id = ?',
    'select id from sessions',
    'delete from sessions where expires < ?',
    'delete from sessions where id = ?',
  ].map((sql) => database.prepare(sql))
  const create = (params, lifetime) => {
    const id = randomUUID()
    insert.run(id, freeze(id, params), now() + lifetime)
    return id
  }
  const change = (id, edit) => update.run(edited(select.get(id).data, edit), now() + LIFETIME, id)
  return {
    create: (params) => create(params, LIFETIME),
    createExpired: (params) => create(params, -10),
    load: (id) => JSON.parse(select.get(id).data).visits,
    readInside: (id) => JSON.parse(select.get(id).data).cart.items.length,
    change: (id, n) => change(id, (session) => (session.visits = n)),
    changeInside: (id, n) => change(id, (session) => (session.cart.items[0].quantity = n)),
    touch: (id, lifetime) => move.run(now() + lifetime, id),
    traverse(visit) {
      for (const { id } of ids.iterate()) visit(id)
    },
    purge: () => Number(purge.run(now()).changes),
    remove: (id) => remove.run(id),
    close: () => database.close(),
  }
}
