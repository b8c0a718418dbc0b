// Brings a clone to where the other npm scripts can work. It installs the packages that the lock file names, if they
// are not there yet, and takes out of dist/ what was built from a source that is gone: a driver deleted would else be
// found and published for ever. `node scripts/ready.mjs bench` does the same for the packages of bench/.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = join(root, process.argv[2] ?? '.')

if (!isInstalled()) install()
sweep('')

function isInstalled() {
  const installed = join(folder, 'node_modules', '.package-lock.json')
  if (!existsSync(installed)) return false
  const present = packagesOf(installed)
  return Object.entries(packagesOf(join(folder, 'package-lock.json'))).every(
    // What is optional may be for another system; the package of the lock file itself has the empty path.
    ([path, { version, optional }]) =>
      path === '' || (path in present ? present[path].version === version : optional === true),
  )
}

function packagesOf(lockFile) {
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages
}

function install() {
  console.log(`Installing the packages of ${folder}`)
  const isWindows = process.platform === 'win32'
  const { status, error } = spawnSync(
    isWindows ? 'npm.cmd' : 'npm',
    ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'],
    { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'], shell: isWindows },
  )
  if (status === 0) return
  console.error(`npm ci failed in ${folder}${error ? `: ${error.message}` : ''}`)
  process.exit(1)
}

/** Files in dist/ are named after their sources: `drivers/File.ts` became `drivers/File.js`, `.d.ts` and their maps. */
function sweep(path) {
  const dist = join(root, 'dist', path)
  if (!existsSync(dist)) return
  for (const entry of readdirSync(dist, { withFileTypes: true })) {
    if (entry.isDirectory()) sweep(join(path, entry.name))
    else {
      const source = entry.name.replace(/(\.d\.ts|\.js)(\.map)?$/, '.ts')
      if (!existsSync(join(root, path, source))) rmSync(join(dist, entry.name))
    }
  }
}
