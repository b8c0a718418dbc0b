import { InvalidArgumentError, Option } from 'commander'
import type { PluginOptions } from '../contracts/services.ts'
import { readOptions, type SessionOptions } from '../options.ts'
import type { Terminal } from './terminal.ts'

/** What environment variables with options begin with: `DATA_SESSION_TYPE`, `DATA_SESSION_DATA_SOURCE` … */
const prefix = 'DATA_SESSION_'

/** The flags of every command that has to do with a store. They are called as the options of the library are. */
export function storeFlags(): Option[] {
  const flags = {
    '-t, --type <type string>': "which driver, id generator and serializer, as in 'driver:Pg;serialize:JSON'",
    '--data-source <source>': 'a path, a URL or a data source of Perl',
    '--username <name>': 'whom the database is to take you for',
    '--host <host>': 'where the server is',
    '--port <port>': 'at which port',
    '--socket <path>': 'of a Unix socket, instead of these two',
    '--table-name <name>': "default 'sessions'",
    '--id-col-name <name>': "default 'id'",
    '--data-col-name <name>': "default 'a_session'",
    '--expires-col-name <name>': "default 'expires'",
  }
  const other = new Option('-o, --option <name=value>', 'any other option of the library; may be repeated')
  other.argParser(readAssignment).default({}, 'none')
  const named = Object.entries(flags).map(([flag, description]) => new Option(flag, description))
  return [...named, other]
}

/**
 * The options of a store: from flags, else from the environment.
 *
 * @param flags as commander gives them; those of the command's own must not be among them
 * @throws InvalidOptionError
 */
export async function storeOptions(
  flags: Readonly<Record<string, unknown>>,
  { environment }: Pick<Terminal, 'environment'>,
): Promise<SessionOptions & PluginOptions> {
  const { option, ...named } = flags
  const ofEnvironment = Object.entries(environment)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, value]) => [name.slice(prefix.length).toLowerCase(), readValue(value)])
  return {
    ...readOptions(Object.fromEntries(ofEnvironment)),
    ...readOptions(Object(option) as Record<string, unknown>),
    ...readOptions(named),
  }
}

function readAssignment(text: string, before: unknown): Record<string, unknown> {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (name === undefined) throw new InvalidArgumentError('Write it as name=value, such as timeout=1000.')
  return { ...Object(before), [name]: readValue(value) }
}

/** Words for truth, and JSON for what is no text. */
function readValue(text: string | undefined): unknown {
  if (text === 'true' || text === 'false') return text === 'true'
  if (!text?.startsWith('{')) return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
