import { join } from 'node:path'
import { inProcess } from '../aims.mjs'
import { assertOne, bareClient } from '../contenders/bare-client.mjs'
import { now } from '../contenders/bare-record.mjs'
import { bare, ours } from '../contenders/contender.mjs'
import { ownClient } from '../contenders/own-client.mjs'

/**
 * The record in one database, an index by the time of expiry in another, both written in one transaction; one flush to
 * the disk for what is written together, as the driver has it.
 */
function bareLmdb({ folder }) {
  const { open } = ownClient('lmdb')
  const environment = open({ path: join(folder, 'bare.mdb'), noSubdir: true, maxDbs: 2 })
  const records = environment.openDB({ name: 'records', encoding: 'json' })
  const index = environment.openDB({
    name: 'expires',
    encoding: 'ordered-binary',
    keyEncoding: 'ordered-binary',
  })
  /** `check(record)`: whether to write. */
  const write = (id, json, expires, check = () => true) =>
    environment.transaction(() => {
      const before = records.get(id)
      if (!check(before)) return 0
      if (before) index.removeSync([before.expires, id])
      index.putSync([expires, id], true)
      records.putSync(id, { json: json ?? before.json, expires })
      return 1
    })
  return bareClient({
    insert: (id, json, lifetime) => write(id, json, now() + lifetime),
    select: (id) => records.get(id).json,
    async update(id, json, lifetime, before) {
      assertOne(await write(id, json, now() + lifetime, (record) => record?.json === before))
    },
    move: (id, lifetime) => write(id, undefined, now() + lifetime),
    traverse(visit) {
      for (const id of records.getKeys()) visit(id)
    },
    purge: (time) =>
      environment.transaction(() => {
        for (const [expires, id] of index.getKeys({ end: [time] }).asArray) {
          index.removeSync([expires, id])
          records.removeSync(id)
        }
      }),
    remove: (id) =>
      environment.transaction(() => {
        index.removeSync([records.get(id).expires, id])
        records.removeSync(id)
      }),
    close: () => environment.close(),
  })
}

export default {
  aims: { ...inProcess, load: 1.1, change: 1.1, create: 1.1, list: 1.2 },
  clients: ['lmdb'],
  contenders: [
    bare('lmdb', bareLmdb),
    ours(({ folder }) => ({ dataSource: join(folder, 'data-session.mdb') })),
  ],
}
