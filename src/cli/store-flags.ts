import { InvalidArgumentError, Option } from 'commander'
import { loadConfig } from '../config/load-config.ts'
import { readOptionText } from '../config/option-text.ts'
import type { PluginOptions } from '../contracts/services.ts'
import { readOptions, type SessionOptions } from '../options.ts'
import type { Terminal } from './terminal.ts'

/** The flags of every command that has to do with a store. They are called as the options of the library are. */
export function storeFlags(): Option[] {
  const flags = {
    '-t, --type <type string>': "which driver, id generator and serializer, as in 'driver:Pg;serialize:JSON'",
    '-d, --data-source <source>': 'a path, a URL or a data source of Perl',
    '--directory <path>': 'the folder with the files of driver:File',
    '--file-name <pattern>': "default 'cgisess_%s'",
    '--username <name>': 'whom the database is to take you for',
    '--host <host>': 'where the server is',
    '--port <port>': 'at which port',
    '--socket <path>': 'of a Unix socket, instead of these two',
    '--table-name <name>': "default 'sessions'",
    '--id-col-name <name>': "default 'id'",
    '--data-col-name <name>': "default 'a_session'",
    '--expires-col-name <name>': "default 'expires'",
    '--shared': 'another program, such as one in Perl, uses the store too',
  }
  const other = new Option('-o, --option <name=value>', 'any other option of the library; may be repeated')
  other.argParser(readAssignment)
  const named = Object.entries(flags).map(([flag, description]) => new Option(flag, description))
  return [configFlag(), ...named, other].map((option) => option.helpGroup('Which store:'))
}

export function configFlag(): Option {
  const file = 'data-session.config.{js,mjs,json,yaml,yml}'
  return new Option('-c, --config <path>', `a file of options; default ${file} here`)
}

/**
 * The options of a store: from flags, else from the environment, else from the file of configuration.
 *
 * @param flags as commander gives them; those of the command's own must not be among them
 * @throws InvalidOptionError
 */
export async function storeOptions(
  flags: Readonly<Record<string, unknown>>,
  { environment, directory }: Pick<Terminal, 'environment' | 'directory'>,
): Promise<SessionOptions & PluginOptions> {
  const file = typeof flags['config'] === 'string' ? flags['config'] : undefined
  return { ...(await loadConfig({ file, directory, environment })), ...flagOptions(flags) }
}

/** The options that flags alone say. */
export function flagOptions(flags: Readonly<Record<string, unknown>>): SessionOptions & PluginOptions {
  const { option, config: _, ...named } = flags
  return { ...readOptions(Object(option) as Record<string, unknown>), ...readOptions(named) }
}

/** These options as flags of a command, for a person to copy. */
export function flagsText(options: SessionOptions & PluginOptions): string {
  const known = new Map(storeFlags().map((flag) => [flag.attributeName(), flag]))
  return Object.entries(options)
    .map(([name, value]) => {
      const flag = known.get(name)
      if (flag?.isBoolean()) return flag.long
      const text = typeof value === 'string' ? value : JSON.stringify(value)
      return flag ? `${flag.long} ${shellWord(text)}` : `-o ${shellWord(`${name}=${text}`)}`
    })
    .join(' ')
}

function shellWord(text: string): string {
  return /^[\w%+,./:=@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

function readAssignment(text: string, before: unknown): Record<string, unknown> {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (name === undefined) throw new InvalidArgumentError('Write it as name=value, such as timeout=1000.')
  return { ...Object(before), [name]: readOptionText(value) }
}
