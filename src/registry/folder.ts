import { readdirSync } from 'node:fs'
import { join, parse } from 'node:path'
import { pathToFileURL } from 'node:url'

/** The plug-in files of a folder: name → URL of the module. A folder that is not there has none. */
export function listFolder(folder: string): Map<string, string> {
  const files = new Map<string, string>()
  for (const file of readNames(folder)) {
    const { name, ext } = parse(file)
    const isModule = ext === '.js' || ext === '.mjs' || (ext === '.ts' && !name.endsWith('.d'))
    if (isModule && /^[A-Za-z0-9]/.test(name)) files.set(name, pathToFileURL(join(folder, file)).href)
  }
  return files
}

function readNames(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
