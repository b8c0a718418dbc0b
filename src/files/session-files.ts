import type { Awaitable } from '../contracts/awaitable.ts'
import type { ConditionalResult, Image, StoredImage } from '../contracts/driver.ts'
import type { Clock } from '../contracts/services.ts'
import type { FileLocks } from './file-locks.ts'

/** What both ways of keeping session files need. */
export interface FileSettings {
  /** The folder of the session files, absolute. */
  readonly directory: string
  /** The mode of new files, before the umask of the process takes its share. */
  readonly mode: number
  /** Follow symbolic links. */
  readonly follow: boolean
  /** A write is on the disk before it is answered. */
  readonly fsync: boolean
  readonly clock: Clock
  readonly locks: FileLocks
}

/** The driver's verbs, on paths. The rules of the `Driver` contract hold; file system errors come as they are. */
export interface SessionFiles {
  retrieve(path: string): Awaitable<StoredImage | undefined>
  store(path: string, image: Image, lifetime: number | undefined): Awaitable<void>
  create(path: string, image: Image, lifetime: number | undefined): Awaitable<boolean>
  replace(
    path: string,
    expected: Image,
    image: Image,
    lifetime: number | undefined,
  ): Awaitable<ConditionalResult>
  remove(path: string): Awaitable<boolean>
  removeIf(path: string, expected: Image): Awaitable<ConditionalResult>
  touch?(path: string, lifetime: number | undefined): Awaitable<boolean>

  /** Whether the record may have expired before this time (whole seconds since 1970), as far as can be told unread. */
  mayHaveExpired(path: string, before: number): boolean

  /** Clears away what a process left behind when it died. `name` is a hidden file's, in this folder. */
  tidy(folder: string, name: string): Awaitable<void>
}
