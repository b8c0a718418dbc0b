import { resolve } from 'node:path'
import { Option } from 'commander'
import { optionsOfEnvironment } from '../../config/environment.ts'
import { optionsOfFile } from '../../config/file.ts'
import type { PluginOptions } from '../../contracts/services.ts'
import { InvalidOptionError } from '../../errors.ts'
import { readOptions, type SessionOptions } from '../../options.ts'
import { storeFlags } from '../store-flags.ts'
import type { Terminal } from '../terminal.ts'

/** The store to read, or the store to write. */
export type SideName = 'from' | 'to'

const headings = { from: 'The store to read:', to: 'The store to write:' } as const

/** The flags of every command that has to do with a store, for one of two: `--from` is its type, `--from-host` its host. */
export function sideFlags(side: SideName): Option[] {
  const isType = (flag: Option): boolean => flag.attributeName() === 'type'
  const flags = storeFlags()
  return [...flags.filter(isType), ...flags.filter((flag) => !isType(flag))].map((flag) => {
    const name = isType(flag) ? `--${side}` : `--${side}-${flag.name()}`
    const [, value = ''] = /( <.*>)$/.exec(flag.flags) ?? []
    const twin = new Option(`${name}${value}`, descriptionOf(flag)).helpGroup(headings[side])
    if (flag.parseArg) twin.argParser(flag.parseArg)
    if (flag.defaultValue !== undefined) twin.default(flag.defaultValue, flag.defaultValueDescription)
    return twin
  })
}

function descriptionOf(flag: Option): string {
  return flag.attributeName() === 'config' ? 'a file with options of this store' : flag.description
}

/**
 * The options of one of the stores: from its flags, else from the environment (`DATA_SESSION_FROM_PASSWORD`), else from
 * the file that its flag names. The configuration of the folder is of no store in particular, so it is not looked at.
 *
 * @param flags all that commander gives; those of other kinds are left alone
 * @throws InvalidOptionError
 */
export async function sideOptions(
  side: SideName,
  flags: Readonly<Record<string, unknown>>,
  { environment, directory }: Pick<Terminal, 'environment' | 'directory'>,
): Promise<SessionOptions & PluginOptions> {
  const { config, option, ...named } = flagsOf(side, flags)
  const options = {
    ...(typeof config === 'string' && (await optionsOfFile(resolve(directory, config)))),
    ...optionsOfEnvironment(environment, `DATA_SESSION_${side.toUpperCase()}_`),
    ...readOptions(Object(option) as Record<string, unknown>),
    ...readOptions(named),
  }
  if (options.type !== undefined) return options
  throw new InvalidOptionError(
    `Which store is it ${side}? Name its type, such as --${side} 'driver:File;id:MD5'`,
  )
}

/** `fromDataSource` is `dataSource`, and `from` is `type`. */
function flagsOf(side: SideName, flags: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(flags).flatMap(([flag, value]) => {
      if (flag === side) return [['type', value]]
      const [, first, rest] = new RegExp(`^${side}([A-Z])(.*)$`).exec(flag) ?? []
      return first === undefined ? [] : [[first.toLowerCase() + rest, value]]
    }),
  )
}
