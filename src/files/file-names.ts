import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { InvalidIdError, InvalidOptionError } from '../errors.ts'

/** The longest file name of the usual file systems, in bytes. */
const LONGEST = 255

// The replacement character is what the system's encoding makes of bytes that are no UTF-8, so it names nothing exactly.
const UNFIT = /[/\\\0\uFFFD\uD800-\uDFFF]/u

/** Ids to file names and back. */
export class FileNames {
  readonly #directory: string
  readonly #before: string
  readonly #after: string
  readonly #shards: number

  /**
   * `pattern` holds `%s` where the id goes, once, and `%%` for a percent sign. `shards` is the number of levels of
   * subfolders, each named by two hexadecimal digits of the id's SHA-1.
   *
   * @throws InvalidOptionError
   */
  constructor(directory: string, pattern: string, shards: number) {
    const [before, after, ...more] = literals(pattern)
    if (before === undefined || after === undefined || more.length > 0) {
      throw new InvalidOptionError(
        `Option 'fileName' must contain %s once, where the id goes, and a percent sign as %%; ` +
          `it is ${JSON.stringify(pattern)}`,
      )
    }
    if (UNFIT.test(pattern) || pattern.startsWith('.')) {
      throw new InvalidOptionError(
        `Option 'fileName' must be the name of a file, without a folder, that does not begin with a dot; ` +
          `it is ${JSON.stringify(pattern)}`,
      )
    }
    this.#directory = directory
    this.#before = before
    this.#after = after
    this.#shards = shards
  }

  /**
   * The path of the file that holds the record of this id. Never leads out of the directory.
   *
   * @throws InvalidIdError
   */
  path(id: string): string {
    const name = this.#before + id + this.#after
    const problem = this.#problem(id, name)
    if (problem !== undefined) {
      throw new InvalidIdError(`The File driver cannot hold the id ${JSON.stringify(id)}: ${problem}`)
    }
    return `${this.#folder(id)}/${name}`
  }

  /** The id whose record the file with this name holds, in this folder; `undefined` for files that are no sessions. */
  id(folder: string, name: string): string | undefined {
    if (!name.startsWith(this.#before) || !name.endsWith(this.#after)) return undefined
    const id = name.slice(this.#before.length, name.length - this.#after.length)
    if (this.#problem(id, name) !== undefined) return undefined
    return this.#shards === 0 || this.#folder(id) === folder ? id : undefined
  }

  #folder(id: string): string {
    if (this.#shards === 0) return this.#directory
    const hash = createHash('sha1').update(id).digest('hex')
    return join(this.#directory, ...[hash.slice(0, 2), hash.slice(2, 4)].slice(0, this.#shards))
  }

  #problem(id: string, name: string): string | undefined {
    if (id.length === 0) return 'it is empty'
    if (UNFIT.test(id)) return 'it contains a slash, a backslash, a NUL or what is no character'
    if (name.charCodeAt(0) === DOT) return 'its file name would begin with a dot'
    // A UTF-16 unit becomes at most three bytes.
    if (name.length * 3 > LONGEST && Buffer.byteLength(name) > LONGEST) {
      return `its file name would be longer than ${LONGEST} bytes`
    }
    return undefined
  }
}

const DOT = 46

/** The text between the `%s` of a pattern; nothing if it has another sign in it. */
function literals(pattern: string): string[] {
  const found = ['']
  for (const [token] of pattern.matchAll(/%.?|[^%]+/gsu)) {
    if (token === '%s') found.push('')
    else if (token === '%%') found.push(`${found.pop()}%`)
    else if (token.startsWith('%')) return []
    else found.push(found.pop() + token)
  }
  return found
}
