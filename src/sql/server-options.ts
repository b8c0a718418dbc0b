import type { PluginOptions } from '../contracts/services.ts'
import { InvalidOptionError } from '../errors.ts'
import { readPortIfGiven } from '../remote/options.ts'
import { parsePerlDataSource } from './data-source.ts'

/** Where a server is and as whom to go there, out of the options that all drivers for servers have. */
export interface ServerOptions {
  readonly perl: ReadonlyMap<string, string> | undefined
  /** What follows the second colon of a Perl data source. */
  readonly perlRest: string
  readonly url: URL | undefined
  readonly username: string | undefined
  readonly password: string | undefined
  readonly host: string | undefined
  readonly port: number | undefined
  readonly socket: string | undefined
  /** `dataSourceAttrs`, without what means something to Perl's DBI only. */
  readonly attributes: Readonly<Record<string, unknown>>
  /** None of all these was given. */
  readonly none: boolean
}

/** Which data sources are a driver's own. */
export interface ServerKind {
  readonly driver: string
  /** Names of DBD modules, in lower case. */
  readonly perlNames: readonly string[]
  /** Schemes of URLs, with the colon. */
  readonly schemes: readonly string[]
  /** For messages. */
  readonly examples: string
}

/** @throws InvalidOptionError */
export function readServerOptions(options: PluginOptions, kind: ServerKind): ServerOptions {
  const { dataSource, dataSourceAttrs } = options
  const source = readDataSource(dataSource, kind)
  const attributes = withoutDbi(Object(dataSourceAttrs) as Record<string, unknown>)
  const given = {
    username: text(options, 'username'),
    password: text(options, 'password'),
    host: text(options, 'host'),
    port: readPortIfGiven(options['port']),
    socket: text(options, 'socket'),
  }
  const none =
    dataSource === undefined &&
    Object.keys(attributes).length === 0 &&
    Object.values(given).every((value) => value === undefined)
  return { ...source, ...given, attributes, none }
}

/** How many connections `dataSourceAttrs` allows, by the name that the client package has for it. Default 8. */
export function readMax(attributes: Readonly<Record<string, unknown>>, name: string): number {
  const max = attributes[name] ?? 8
  if (!Number.isInteger(max) || (max as number) < 1) {
    throw new InvalidOptionError(`dataSourceAttrs.${name} must be a whole number, 1 or more`)
  }
  return max as number
}

function readDataSource(
  dataSource: unknown,
  kind: ServerKind,
): Pick<ServerOptions, 'perl' | 'perlRest' | 'url'> {
  if (dataSource === undefined) return { perl: undefined, perlRest: '', url: undefined }
  if (typeof dataSource !== 'string') throw new InvalidOptionError('dataSource must be text')
  const perl = parsePerlDataSource(dataSource)
  if (perl) {
    if (!kind.perlNames.includes(perl.dialect.toLowerCase())) throw otherDatabase(dataSource, kind)
    return { perl: perl.settings, perlRest: perl.rest, url: undefined }
  }
  const url = parseUrl(dataSource)
  if (!url || !kind.schemes.includes(url.protocol)) throw otherDatabase(dataSource, kind)
  return { perl: undefined, perlRest: '', url }
}

function parseUrl(source: string): URL | undefined {
  try {
    return new URL(source)
  } catch {
    return undefined
  }
}

/** Without the data source: it may hold a password. */
function otherDatabase(dataSource: string, { driver, examples }: ServerKind): InvalidOptionError {
  const start = /^(?:dbi:)?[\w+.-]+:/i.exec(dataSource)?.[0]
  const what = start === undefined ? 'is neither a URL nor a data source of Perl' : `begins with ${start}`
  return new InvalidOptionError(`driver:${driver} takes a dataSource such as ${examples}; this one ${what}`)
}

/** Attributes of DBI have capitals, those of a DBD module its prefix; an option hash from Perl has them. */
function withoutDbi(attributes: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const own = Object.entries(attributes).filter(
    ([name]) => !/^(?:[A-Z]|pg_|mysql_|mariadb_|odbc_|ora_)/.test(name),
  )
  return Object.fromEntries(own)
}

function text(options: PluginOptions, name: string): string | undefined {
  const value = options[name]
  if (value === undefined || value === '') return undefined
  if (typeof value !== 'string') throw new InvalidOptionError(`${name} must be text`)
  return value
}

/** The settings that have a value. */
export function present(settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))
}
