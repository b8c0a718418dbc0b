import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Bytes that are kept in memory. */
const MEMORY = 131_072

/** Notes texts, and tells them again in the same order. What does not fit into little memory goes to a temporary file. */
export class Spool {
  #room = Buffer.allocUnsafeSlow(MEMORY)
  #used = 0
  #file: number | undefined
  #written = 0

  add(text: Uint8Array): void {
    const size = 4 + text.length
    if (this.#used + size > this.#room.length) this.#empty()
    if (size > this.#room.length) this.#room = Buffer.allocUnsafeSlow(size)
    this.#room.writeUInt32LE(text.length, this.#used)
    this.#room.set(text, this.#used + 4)
    this.#used += size
  }

  /** Each text is to be used before the next one is taken. */
  *all(): Generator<Buffer> {
    if (this.#file === undefined) {
      yield* textsIn(this.#room.subarray(0, this.#used))
      return
    }
    this.#empty()
    let rest = 0
    for (let at = 0; at < this.#written; ) {
      const count = readSync(this.#file, this.#room, rest, this.#room.length - rest, at)
      at += count
      const filled = this.#room.subarray(0, rest + count)
      const whole = wholeTexts(filled)
      yield* textsIn(filled.subarray(0, whole))
      rest = filled.length - whole
      this.#room.copyWithin(0, whole, filled.length)
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }

  #empty(): void {
    this.#file ??= temporaryFile()
    for (let done = 0; done < this.#used; ) {
      done += writeSync(this.#file, this.#room, done, this.#used - done, this.#written + done)
    }
    this.#written += this.#used
    this.#used = 0
  }
}

function* textsIn(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + bytes.readUInt32LE(at)
    yield bytes.subarray(at + 4, end)
    at = end
  }
}

/** How many bytes are whole texts. */
function wholeTexts(bytes: Buffer): number {
  let at = 0
  while (at + 4 <= bytes.length) {
    const end = at + 4 + bytes.readUInt32LE(at)
    if (end > bytes.length) break
    at = end
  }
  return at
}

/** A file that nobody else can open, and that is gone when it is closed or the process ends. */
function temporaryFile(): number {
  const folder = mkdtempSync(join(tmpdir(), 'data-session-'))
  try {
    return openSync(join(folder, 'ids'), 'wx+', 0o600)
  } finally {
    rmSync(folder, { recursive: true })
  }
}
