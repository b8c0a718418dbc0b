import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { commandFolders, findProgram } from '../../src/files/find-program.ts'

export type ServiceName = 'redis' | 'memcached' | 'memcached with SASL' | 'postgres' | 'mariadb'

const programs: Readonly<Record<ServiceName, readonly string[]>> = {
  redis: ['redis-server'],
  memcached: ['memcached'],
  'memcached with SASL': ['memcached', 'saslpasswd2'],
  postgres: ['initdb', 'postgres'],
  mariadb: ['mariadbd'],
}

/** Whether this machine has the programs of a server. */
export function isInstalled(name: ServiceName): boolean {
  return programs[name].every((program) => find(program) !== undefined)
}

/**
 * Whether tests of this server are to be skipped: it is not installed, and nobody asked for all tests (the environment
 * variable CI_REQUIRE_ALL=1), with which they must fail instead.
 */
export function isMissing(name: ServiceName): boolean {
  return !isInstalled(name) && process.env.CI_REQUIRE_ALL !== '1'
}

/** The same for a command that a test needs besides. */
export function isProgramMissing(program: string): boolean {
  return find(program) === undefined && process.env.CI_REQUIRE_ALL !== '1'
}

/** The version of an installed server, as its program tells it. */
export function installedVersion(name: ServiceName): string {
  const said = execFileSync(programPath(programs[name].at(-1)!), ['--version']).toString()
  return /\d+(?:\.\d+)+/.exec(said)?.[0] ?? said
}

/** The path of an installed program. */
export function programPath(program: string): string {
  const path = find(program)
  if (path === undefined) throw new Error(`${program} is not installed, and this test needs it`)
  return path
}

/** Debian puts servers where the search path of an ordinary user does not lead. */
function find(program: string): string | undefined {
  return findProgram(program, [...commandFolders(), '/usr/local/sbin', '/usr/sbin', ...postgresFolders()])
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
