import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ALL_KINDS, KINDS } from './kinds.ts'
import { neighbourhoods } from './package.ts'
import type { PluginEntry } from './registry.ts'

/**
 * The installed packages that are called as plug-ins are, which a registry finds without being told of them. They are
 * not loaded: that they hold a plug-in is not certain.
 */
export function installedPlugins(): PluginEntry[] {
  const found = new Map<string, PluginEntry>()
  for (const place of neighbourhoods()) {
    for (const folder of createRequire(place).resolve.paths('data-session') ?? []) {
      for (const name of packagesIn(folder)) {
        const kind = ALL_KINDS.find((kind) => name.startsWith(KINDS[kind].packagePrefix))
        // The nearest one counts.
        if (kind === undefined || found.has(name)) continue
        const from = pathToFileURL(join(folder, name)).href
        found.set(name, { kind, name: name.slice(KINDS[kind].packagePrefix.length), from })
      }
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

function packagesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
