// Brings a fresh clone to where the other npm scripts can work: installs the packages that the lock file names,
// once, and again only after the lock file changed. `node scripts/ready.mjs bench` does the same for bench/.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = join(root, process.argv[2] ?? '.')
const lock = join(folder, 'package-lock.json')
const installed = join(folder, 'node_modules', '.package-lock.json')

if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  const name = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const { status, error } = spawnSync(name, ['ci', '--no-audit', '--no-fund'], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  })
  if (status !== 0) {
    console.error(`npm ci failed in ${folder}${error ? `: ${error.message}` : ''}`)
    process.exit(1)
  }
}
