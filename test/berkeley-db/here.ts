import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import type * as Koffi from 'koffi'

const PERL_MODULES = ['BerkeleyDB', 'DB_File', 'CGI::Session', 'Apache::Session::DB_File', 'JSON::PP']

const required = process.env['CI_REQUIRE_ALL'] === '1'

/** Whether tests that need libdb, through koffi, are to be skipped. */
export const isMissing = !required && !canLoad()

/** The same of Perl with its modules for Berkeley DB. */
export const isPerlMissing =
  isMissing ||
  (!required && spawnSync('perl', [...PERL_MODULES.map((module) => `-M${module}`), '-e', '1']).status !== 0)

function canLoad(): boolean {
  try {
    const koffi = createRequire(import.meta.url)('koffi') as typeof Koffi
    koffi.load('libdb-5.3.so')
    return true
  } catch {
    return false
  }
}

/** What db5.3_verify finds wrong with a file; nothing where it is not installed and need not be. */
export function problemsOf(file: string): string {
  const { error, status, stdout, stderr } = spawnSync('db5.3_verify', ['-o', file], { encoding: 'utf8' })
  if (error) {
    if (required) throw error
    return ''
  }
  return status === 0 ? '' : `${stdout}${stderr}`
}
