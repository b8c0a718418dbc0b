import { Command, InvalidArgumentError } from 'commander'
import { storeFlags } from './store-flags.ts'
import type { Terminal } from './terminal.ts'

/** Makes one command of the program. */
export type MakeCommand = (terminal: Terminal) => Command

/** A command that has to do with a store: it takes the flags that say which. Read them with `storeOptions`. */
export function storeCommand(name: string): Command {
  const command = new Command(name)
  for (const flag of storeFlags()) command.addOption(flag)
  return command
}

/** What `addHelpText('after', …)` shows: whole commands that a person may copy. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`
}

/** The description of the flag `--json`. */
export const asJson = 'as one JSON document, for programs'
/** The same of a command that writes as it goes. */
export const asJsonLines = 'as one JSON document on each line, for programs'

/** Reads a flag that takes a number. */
export function readCount(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Say how many as a whole number, 1 or more.')
}
