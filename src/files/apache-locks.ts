import { statSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import type { PluginOptions } from '../contracts/services.ts'
import { InvalidOptionError } from '../errors.ts'
import type { LockFiles } from './file-locks.ts'
import { FileNames } from './file-names.ts'
import { modeOption, textOption } from './file-options.ts'

/** The lock files of Apache::Session::Lock::File: one for each session, all in one folder. */
export class ApacheLocks implements LockFiles {
  readonly directory: string
  readonly names: FileNames
  readonly mode: number

  /** @param sessions the names of the session files */
  private constructor(
    directory: string,
    mode: number,
    private readonly sessions: FileNames,
  ) {
    this.directory = directory
    this.mode = mode
    this.names = new FileNames(directory, 'Apache-Session-%s.lock', 0)
  }

  /**
   * Option `lockDirectory`: their folder.
   *
   * @throws InvalidOptionError
   */
  static fromOptions(options: PluginOptions, sessions: FileNames): ApacheLocks | undefined {
    const directory = textOption(options, 'lockDirectory', '')
    if (directory === '') return undefined
    if (!options['shared'] || options['noFlock']) {
      throw new InvalidOptionError(
        "Option 'lockDirectory' is for sessions shared with Apache::Session: it goes with shared: true, and not with noFlock",
      )
    }
    return new ApacheLocks(resolve(directory), modeOption(options), sessions)
  }

  /** @throws InvalidOptionError when the folder is not there: in a new one nobody else would look for locks */
  open(): void {
    if (statSync(this.directory, { throwIfNoEntry: false })?.isDirectory()) return
    throw new InvalidOptionError(
      `Option 'lockDirectory': ${this.directory} is not a folder. Name the one that the Perl program has in ` +
        'LockDirectory; it is /tmp where the program names none',
    )
  }

  pathFor(path: string): string {
    const name = basename(path)
    return this.names.path(this.sessions.id(dirname(path), name) ?? name)
  }
}
