import { createRequire } from 'node:module'
import { arch, cpus, platform } from 'node:os'
import { BACKENDS } from './contenders/index.mjs'
import { loadSqlite } from './contenders/sqlite-client.mjs'

const require = createRequire(import.meta.url)

/** Where and with what the figures were made. */
export async function versions() {
  const peers = Object.values(BACKENDS)
    .flat()
    .filter(({ is }) => is === 'peer')
  return {
    node: process.version,
    machine: `${platform()} ${arch()}, ${cpus().length} × ${cpus()[0].model.trim()}`,
    packages: {
      'SQLite client': await loadSqlite().then(
        ({ name }) => name,
        (error) => error.message,
      ),
      ...Object.fromEntries(peers.map(({ name }) => [name, versionOf(name)])),
    },
  }
}

function versionOf(name) {
  for (const folder of require.resolve.paths(name)) {
    try {
      return require(`${folder}/${name}/package.json`).version
    } catch {
      // Not in this one.
    }
  }
  return 'not installed'
}
