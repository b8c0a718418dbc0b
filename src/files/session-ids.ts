import type { Dir, Dirent } from 'node:fs'
import { opendir } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import { codeOf, rethrow } from './file-error.ts'
import type { FileNames } from './file-names.ts'
import type { SessionFiles } from './session-files.ts'

/** Where session files are. */
export interface SessionFolder {
  readonly directory: string
  /** Levels of subfolders. */
  readonly shards: number
  /** Symbolic links count as well. */
  readonly follow: boolean
  readonly names: FileNames
  /** What is named like these is no session. */
  readonly lockNames?: FileNames | undefined
  readonly files: SessionFiles
}

/** How many entries are read at once, after which others get a turn. */
const BATCH = 1024

/**
 * The ids of the session files, as a stream; with `expiredBefore` only of those that may have expired. Then what dead
 * processes left behind is cleared away in passing.
 */
export async function* sessionIds(
  { directory, shards, follow, names, lockNames, files }: SessionFolder,
  expiredBefore: number | undefined,
): AsyncGenerator<string> {
  let read = 0
  try {
    for await (const folder of shardsOf(directory, shards)) {
      const entries = await openFolder(folder)
      if (entries === undefined) continue
      try {
        // A promise for each entry would take longer than to read it.
        for (let entry = entries.readSync(); entry !== null; entry = entries.readSync()) {
          if (++read % BATCH === 0) await breathe()
          const { name } = entry
          if (name.startsWith('.')) {
            if (expiredBefore !== undefined) await tidy(files, folder, name)
          } else if (entry.isFile() || (follow && entry.isSymbolicLink())) {
            const id = names.id(folder, name)
            if (id === undefined || lockNames?.id(folder, name) !== undefined) continue
            if (expiredBefore === undefined || files.mayHaveExpired(`${folder}/${name}`, expiredBefore))
              yield id
          }
        }
      } finally {
        await entries.close()
      }
    }
  } catch (cause) {
    rethrow(`list the sessions in ${directory}`, cause)
  }
}

/** The folder itself, or its subfolders so many levels down that are named by two hexadecimal digits each. */
async function* shardsOf(folder: string, levels: number): AsyncGenerator<string> {
  if (levels === 0) {
    yield folder
    return
  }
  for await (const entry of (await openFolder(folder)) ?? NOTHING) {
    if (entry.isDirectory() && /^[0-9a-f]{2}$/.test(entry.name)) {
      yield* shardsOf(join(folder, entry.name), levels - 1)
    }
  }
}

const NOTHING: readonly Dirent[] = []

async function openFolder(path: string): Promise<Dir | undefined> {
  try {
    return await opendir(path, { bufferSize: BATCH })
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

async function tidy(files: SessionFiles, folder: string, name: string): Promise<void> {
  try {
    await files.tidy(folder, name)
  } catch {
    // Somebody else was quicker, or it is not ours to remove: no reason not to list the sessions.
  }
}
