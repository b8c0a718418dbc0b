import { Command } from 'commander'
import { fileURLToPath } from 'node:url'
import { KINDS } from '../registry/kinds.ts'
import { installedPlugins } from '../registry/installed.ts'
import { registry as defaultRegistry, type PluginEntry } from '../registry/registry.ts'
import { asJson, examples } from './command.ts'
import { configFlag, storeOptions } from './store-flags.ts'
import { jsonText, printable } from './printable.ts'
import { paintFor } from './paint.ts'
import type { Terminal } from './terminal.ts'

export function plugins(terminal: Terminal): Command {
  return new Command('plugins')
    .summary('list what a type string can name')
    .description(
      'Lists the drivers, id generators, serializers and layouts that a type string can name, and where each comes ' +
        'from: this package, a folder, or an installed package of the conventional name. Nothing is loaded, but for a ' +
        'configuration that is a module: what that registers is listed.',
    )
    .addOption(configFlag())
    .option('--json', asJson)
    .addHelpText(
      'after',
      examples(
        'data-session plugins',
        `data-session plugins --json | jq -r '.[] | select(.kind == "driver").name'`,
      ),
    )
    .action(async ({ json = false, ...flags }: { json?: boolean }) => {
      const { registry = defaultRegistry } = await storeOptions(flags, terminal)
      const entries = withPackages(registry.list())
      await terminal.out(json ? `${jsonText(entries)}\n` : textOf(entries, terminal))
    })
}

/** What is registered or lies in a folder goes before a package of the same name. */
function withPackages(entries: readonly PluginEntry[]): PluginEntry[] {
  const keyOf = ({ kind, name }: PluginEntry) => `${kind} ${name.toLowerCase()}`
  const known = new Set(entries.map(keyOf))
  return [...entries, ...installedPlugins().filter((entry) => !known.has(keyOf(entry)))]
}

function textOf(entries: readonly PluginEntry[], terminal: Terminal): string {
  const { heading } = paintFor(terminal)
  const width = Math.max(...entries.map(({ name }) => name.length))
  return Object.entries(KINDS)
    .map(([kind, { title }]) => {
      const own = entries.filter((entry) => entry.kind === kind)
      const lines = own.map(
        ({ name, from }) => `  ${printable(name).padEnd(width)}  ${printable(placeOf(from))}\n`,
      )
      return `${heading(`${title}s`)}\n${lines.join('')}`
    })
    .join('\n')
}

function placeOf(from: string): string {
  return from.startsWith('file:') ? fileURLToPath(from) : from
}
