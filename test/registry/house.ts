import { join } from 'node:path'

/** Packages of other people, and `house/`: a folder of plug-ins built like ours. */
export const plugins = join(import.meta.dirname, '..', 'fixtures', 'plugins')
export const house = join(plugins, 'house')
