import { readdirSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { Child, script } from '../files/child.ts'
import { newFolder } from '../files/folder.ts'
import { image, newFileDriver, textOf } from '../files/new-file-driver.ts'

const KILLS = 10

/** Whether an image is one that test/processes/file-writer.mjs wrote, whole: its length first, then one letter. */
function isWhole(bytes: Uint8Array): boolean {
  const image = Buffer.from(bytes)
  const [length, letters] = [image.subarray(0, 8).toString(), image.subarray(8)]
  return image.length === Number(length) && letters.equals(Buffer.alloc(letters.length, letters[0]))
}

describe.each([{ shared: false }, { shared: true }])('shared: $shared', ({ shared }) => {
  test(`${KILLS} killed writers leave whole records to a reader`, { timeout: 60_000 }, async () => {
    const directory = newFolder()
    const options = { directory, shared }
    const sizes = [200_000, 9, 1_500_000, 40_000]
    const write = () => script('file-writer.mjs', { options, how: 'koffi', id: 'id', sizes })
    const driver = newFileDriver(options)

    const over = new AbortController()
    const seen = new Set<number>()
    const reader = (async () => {
      while (!over.signal.aborted) {
        const stored = await driver.retrieve('id')
        // With `shared` a record that is just being made is empty.
        if (stored !== undefined && stored.image.length > 0) {
          expect(isWhole(stored.image)).toBe(true)
          seen.add(stored.image.length)
        } else {
          expect(seen.size).toBe(0)
        }
        await setTimeout(1)
      }
    })()

    let writer = write()
    for (let kill = 0; kill < KILLS; kill++) {
      const [next] = [write(), await writer.line()]
      await setTimeout(Math.random() * 20)
      await writer.kill()
      writer = next
    }
    await writer.kill()
    over.abort()
    await reader

    expect(seen.size).toBeGreaterThan(0)
    expect(isWhole((await driver.retrieve('id'))!.image)).toBe(true)
    if (shared) expect(readdirSync(directory)).toEqual(['cgisess_id'])
  })
})

describe.each([{ shared: false }, { shared: true }])(
  'a disk that takes no more, shared: $shared',
  ({ shared }) => {
    test('is an error that leaves the old record, no new one and nothing else', async () => {
      const directory = newFolder()
      const options = { directory, shared }
      const driver = newFileDriver(options)
      await driver.store('there', image('small'), 60)
      const argument = JSON.stringify({ options, how: 'koffi', size: 200_000 })
      // Files of at most 64 KB from here on. Without the trap the signal would end the process.
      const limited = new Child('bash', [
        '-c',
        'trap "" XFSZ; ulimit -f 64; exec "$0" test/processes/file-full.mjs "$1"',
        process.execPath,
        argument,
      ])
      expect(await limited.rest()).toEqual(
        ['store', 'replace', 'create', 'store new'].map((verb) => `${verb}: ERR_SESSION_STORAGE EFBIG`),
      )
      expect(await textOf(driver, 'there')).toBe('small')
      expect(readdirSync(directory)).toEqual(['cgisess_there'])
    })
  },
)
