import { randomUUID } from 'node:crypto'
import {
  closeSync,
  futimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { edited, freeze, LIFETIME, now } from './bare-record.mjs'

/** Synchronous calls: each version a new file that is renamed, its time of modification the time of expiry. */
export function bareFiles({ folder }) {
  const directory = join(folder, 'bare-files')
  const temporary = join(directory, '.tmp')
  mkdirSync(directory)
  const path = (id) => join(directory, id)
  const write = (id, json, expires) => {
    const fd = openSync(temporary, 'w', 0o660)
    writeSync(fd, json)
    futimesSync(fd, now(), expires)
    closeSync(fd)
    renameSync(temporary, path(id))
  }
  const create = (params, lifetime) => {
    const id = randomUUID()
    write(id, freeze(id, params), now() + lifetime)
    return id
  }
  const change = (id, edit) => write(id, edited(readFileSync(path(id), 'utf8'), edit), now() + LIFETIME)
  return {
    create: (params) => create(params, LIFETIME),
    createExpired: (params) => create(params, -10),
    load: (id) => JSON.parse(readFileSync(path(id), 'utf8')).visits,
    readInside: (id) => JSON.parse(readFileSync(path(id), 'utf8')).cart.items.length,
    change: (id, n) => change(id, (session) => (session.visits = n)),
    changeInside: (id, n) => change(id, (session) => (session.cart.items[0].quantity = n)),
    touch: (id, lifetime) => utimesSync(path(id), now(), now() + lifetime),
    traverse(visit) {
      for (const name of readdirSync(directory)) visit(name)
    },
    purge() {
      let count = 0
      const time = now()
      for (const name of readdirSync(directory)) {
        if (statSync(path(name)).mtimeMs >= time * 1000) continue
        unlinkSync(path(name))
        count++
      }
      return count
    },
    remove: (id) => unlinkSync(path(id)),
    close() {},
  }
}
