import { fileURLToPath } from 'node:url'
import { InvalidOptionError } from '../errors.ts'
import { parsePerlDataSource } from '../sql/data-source.ts'

/**
 * The path of the database that the option `dataSource` names, or `:memory:`. It may be a path, a `file:` URL, or a
 * Perl data source: `dbi:SQLite:/path`, `dbi:SQLite:dbname=/path`, `dbi:SQLite:database=/path`.
 *
 * @throws InvalidOptionError
 */
export function locateDatabase(dataSource: unknown): string {
  if (typeof dataSource !== 'string' || dataSource === '') {
    throw new InvalidOptionError(
      "SQLite needs the option dataSource, such as 'sessions.sqlite' or 'dbi:SQLite:dbname=/var/lib/app/sessions.sqlite'" +
        ', or an open database in the option dbh',
    )
  }
  const path = pathOf(dataSource)
  if (path === '' || path.includes('\0')) {
    throw new InvalidOptionError(`dataSource names no file: ${JSON.stringify(dataSource)}`)
  }
  return path
}

function pathOf(dataSource: string): string {
  const perl = parsePerlDataSource(dataSource)
  if (!perl) return fileName(dataSource, dataSource)
  const { dialect, settings, rest } = perl
  if (dialect.toLowerCase() !== 'sqlite') throw otherDatabase(dataSource)
  const named =
    settings.get('dbname') ?? settings.get('database') ?? settings.get('db') ?? settings.get('uri')
  return fileName(named ?? (settings.size === 0 ? rest : ''), dataSource)
}

function fileName(text: string, dataSource: string): string {
  if (!/^file:/i.test(text)) {
    if (/^\w[\w+.-]+:\/\//.test(text)) throw otherDatabase(dataSource)
    return text
  }
  if (/[?#]/.test(text)) {
    throw new InvalidOptionError(
      `dataSource must not have parameters: ${dataSource}. Open the database yourself and pass it as dbh`,
    )
  }
  try {
    // SQLite, unlike URL, takes file:name.sqlite as a path relative to the working directory.
    return /^file:\//i.test(text) ? fileURLToPath(text) : decodeURIComponent(text.slice('file:'.length))
  } catch (cause) {
    throw new InvalidOptionError(`dataSource is no valid file URL: ${dataSource}`, { cause })
  }
}

/** Without the data source: that of a server may hold a password. */
function otherDatabase(dataSource: string): InvalidOptionError {
  const kind = /^(?:dbi:)?[\w+.-]+/i.exec(dataSource)?.[0] ?? ''
  return new InvalidOptionError(`dataSource is for another kind of database than SQLite: ${kind}:…`)
}
