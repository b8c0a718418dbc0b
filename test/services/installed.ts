import { execFileSync } from 'node:child_process'
import { accessSync, constants, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

export type ServiceName = 'redis' | 'memcached' | 'postgres' | 'mariadb'

const programs: Readonly<Record<ServiceName, readonly string[]>> = {
  redis: ['redis-server'],
  memcached: ['memcached'],
  postgres: ['initdb', 'postgres'],
  mariadb: ['mariadbd'],
}

/** Whether this machine has the programs of a server. */
export function isInstalled(name: ServiceName): boolean {
  return programs[name].every((program) => findProgram(program) !== undefined)
}

/**
 * Whether tests of this server are to be skipped: it is not installed, and nobody asked for all tests (the environment
 * variable CI_REQUIRE_ALL=1), with which they must fail instead.
 */
export function isMissing(name: ServiceName): boolean {
  return !isInstalled(name) && process.env.CI_REQUIRE_ALL !== '1'
}

/** The version of an installed server, as its program tells it. */
export function installedVersion(name: ServiceName): string {
  const said = execFileSync(programPath(programs[name].at(-1)!), ['--version']).toString()
  return /\d+(?:\.\d+)+/.exec(said)?.[0] ?? said
}

/** The path of an installed program. */
export function programPath(program: string): string {
  const path = findProgram(program)
  if (path === undefined) throw new Error(`${program} is not installed, and this test needs it`)
  return path
}

function findProgram(program: string): string | undefined {
  return folders()
    .map((folder) => join(folder, program))
    .find(isExecutable)
}

/** Debian puts servers where the search path of an ordinary user does not lead. */
function folders(): string[] {
  const path = (process.env.PATH ?? '').split(delimiter).filter(Boolean)
  return [...path, '/usr/local/sbin', '/usr/sbin', ...postgresFolders()]
}

function postgresFolders(): string[] {
  const base = '/usr/lib/postgresql'
  try {
    const versions = readdirSync(base).sort((a, b) => Number(b) - Number(a))
    return versions.map((version) => join(base, version, 'bin'))
  } catch {
    return []
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
