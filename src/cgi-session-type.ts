import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { PluginOptions } from './contracts/services.ts'
import { type Component, COMPONENTS, parseTypeString, type StoreType } from './type-string.ts'

/** CGI::Session's keys. It takes any beginning of them. */
const KEYS = [
  ['driver', 'driver'],
  ['serializer', 'serialize'],
  ['id', 'id'],
] as const satisfies readonly (readonly [string, Component])[]

/** What CGI::Session calls otherwise than Data::Session and this library. */
const NAMES: Readonly<Record<string, string>> = {
  'driver:db_file': 'BerkeleyDB',
  'driver:postgresql': 'Pg',
  'serialize:default': 'DataDumper',
  'id:incr': 'AutoIncrement',
}

/**
 * Reads a type string as CGI::Session has it, such as `driver:db_file;serializer:storable;id:md5` or `d:file;s:yaml`.
 * It is one if it has a key or a name that only CGI::Session has, and then its layout is `CGISession`.
 *
 * @returns undefined if it is none
 * @throws TypeStringError if it is one and cannot be read
 */
export function parseCgiSessionType(text: string): Partial<StoreType> | undefined {
  let isCgiSession = false
  const parts = text
    .replace(/\s+/g, '')
    .split(';')
    .map((part) => {
      const [key = '', ...rest] = part.split(':')
      const component = componentOf(key.toLowerCase())
      if (component === undefined) return part
      const translated = NAMES[`${component}:${rest.join(':')}`.toLowerCase()]
      isCgiSession ||= component !== key.toLowerCase() || translated !== undefined
      return [component, ...(translated === undefined ? rest : [translated])].join(':')
    })
  return isCgiSession ? { layout: 'CGISession', ...parseTypeString(parts.join(';')) } : undefined
}

/**
 * The options that go with such a type string: CGI::Session's JSON is that of JSON::Syck, and `db_file` has its own idea of
 * where its file is.
 *
 * @param given options by their names in this library
 */
export function cgiSessionOptions<Given extends PluginOptions>(
  { driver }: Partial<StoreType>,
  given: Given,
): Given {
  const options = { perlJson: 'syck', ...given }
  const isElsewhere = given['dataSource'] !== undefined || given['cache'] !== undefined
  if (driver !== 'BerkeleyDB' || isElsewhere) return options
  const { fileName, directory, ...rest } = options as PluginOptions
  return { ...rest, dataSource: dbFile(fileName, directory) } as unknown as Given
}

function dbFile(fileName: unknown, directory: unknown): string {
  const name = typeof fileName === 'string' && fileName !== '' ? fileName : 'cgisess.db'
  if (typeof directory === 'string' && directory !== '') return join(directory, name)
  return join(dirname(name) === '.' && !name.startsWith('.') ? tmpdir() : dirname(name), basename(name))
}

function componentOf(key: string): Component | undefined {
  if (key === '') return undefined
  return (
    COMPONENTS.find((component) => component === key) ?? KEYS.find(([whole]) => whole.startsWith(key))?.[1]
  )
}
