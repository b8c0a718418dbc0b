import { createRequire } from 'node:module'
import { arch, cpus, loadavg, platform } from 'node:os'
import { installedVersion, isInstalled } from '../dist/test/services/index.js'
import { ownClient } from './contenders/own-client.mjs'
import { loadSqlite } from './contenders/sqlite-client.mjs'

const require = createRequire(import.meta.url)

/** Where and with what the figures were made. */
export async function versions(backends) {
  const clients = backends.flatMap(({ clients }) => clients)
  const peers = backends.flatMap(({ contenders }) => contenders).filter(({ is }) => is === 'peer')
  const services = backends.flatMap(({ service }) => service ?? []).filter(isInstalled)
  return {
    node: process.version,
    machine: `${platform()} ${arch()}, ${cpus().length} × ${cpus()[0].model.trim()}`,
    load: loadavg()[0],
    packages: {
      'SQLite client': await loadSqlite().then(
        ({ name }) => name,
        (error) => error.message,
      ),
      ...Object.fromEntries(clients.map((name) => [name, versionOf(name, ownClient)])),
      ...Object.fromEntries(peers.map(({ name }) => [name, versionOf(name, require)])),
    },
    servers: Object.fromEntries(services.map((name) => [name, installedVersion(name)])),
  }
}

function versionOf(name, from) {
  for (const folder of from.resolve.paths(name)) {
    try {
      return from(`${folder}/${name}/package.json`).version
    } catch {
      // Not in this one.
    }
  }
  return 'not installed'
}
