import { readdirSync } from 'node:fs'
import { join, parse } from 'node:path'
import { pathToFileURL } from 'node:url'

/** What a module's name may end in. Of `File.js` and `File.ts` side by side the compiled one, named later, is taken. */
const MODULES = ['.ts', '.mts', '.cjs', '.mjs', '.js']

/**
 * The plug-in files of a folder: name → URL of the module. A name is letters, digits, `_` and `-`, so that neither
 * `File.d.ts` nor `File.test.js` is taken for a plug-in. A folder that is not there has none.
 */
export function listFolder(folder: string): Map<string, string> {
  const paths = readNames(folder).map((file) => parse(join(folder, file)))
  const files = new Map<string, string>()
  for (const extension of MODULES) {
    for (const { dir, base, name, ext } of paths) {
      if (ext === extension && /^[A-Za-z0-9][\w-]*$/.test(name)) {
        files.set(name, pathToFileURL(join(dir, base)).href)
      }
    }
  }
  return files
}

function readNames(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw error
  }
}
