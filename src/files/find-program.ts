import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The folders that commands are looked for in: those of the variable PATH. */
export function commandFolders(): string[] {
  return (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
}

/** The path of a program in the first of these folders that has it. */
export function findProgram(program: string, folders: readonly string[]): string | undefined {
  return folders.map((folder) => join(folder, program)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
