import { setImmediate as nextTurn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { fail, same, shown } from '../assertions.ts'
import { chapter, expectListed, fill, imageOf, listed } from './trial.ts'

export const listing = chapter('ids', [], {
  'lists nothing in an empty storage': async ({ driver }) => {
    await expectListed(driver, [], 'of an empty storage')
  },

  'lists every id once': async ({ driver, limits }) => {
    await expectListed(driver, await fill(driver, limits.records), `of ${limits.records} records`)
  },

  'goes on while each record is removed as it comes': async ({ driver, limits }) => {
    const left = new Set(await fill(driver, limits.records))
    for await (const id of driver.ids()) {
      if (!left.delete(id)) fail(`ids() listed ${shown(id)} twice`)
      same(await driver.remove(id), true, `remove(${shown(id)}) while listing`)
    }
    same(left.size, 0, 'the number of records that ids() left out while others were removed')
    await expectListed(driver, [], 'after all were removed')
  },

  'lists once what is stored again as it comes': async ({ driver }) => {
    const left = new Set(await fill(driver, 300))
    for await (const id of driver.ids()) {
      if (!left.delete(id)) fail(`ids() listed ${shown(id)} twice, after it was stored again`)
      await driver.store(id, imageOf('stored again'), 60)
    }
    same(left.size, 0, 'the number of records that ids() left out while others were stored again')
  },

  'ends when each record is removed and made again as it comes': async ({ driver }) => {
    const left = new Set(await fill(driver, 300))
    for await (const id of driver.ids()) {
      if (!left.delete(id)) fail(`ids() listed ${shown(id)} twice, after it was removed and made again`)
      await driver.remove(id)
      await driver.store(id, imageOf('made again'), 60)
    }
    same(left.size, 0, 'the number of records that ids() left out while others were made again')
  },

  'can be left early': async ({ driver }) => {
    const ids = await fill(driver, 300)
    for (let round = 0; round < 3; round += 1) {
      for await (const id of driver.ids()) {
        if (round === 1) await driver.retrieve(id)
        break
      }
    }
    await driver.store(ids[0] ?? '', imageOf('later'), 60)
    await expectListed(driver, ids, 'after listings that were left early')
  },

  'can run twice at the same time': async ({ driver }) => {
    const ids = await fill(driver, 300)
    const [one, two] = await Promise.all([listed(driver), listed(driver)])
    same(one, ids.sort(), 'the first of two listings')
    same(two, ids, 'the second of two listings')
  },
})

const HEAVY = 100_000

export const heavyListing = chapter('ids', [], {
  'lists 100,000 records in constant memory': async ({ driver }) => {
    await fill(driver, HEAVY)
    const usedMemory = memoryMeter()
    const before = await settled(usedMemory)
    let count = 0
    let most = 0
    for await (const id of driver.ids()) {
      count += id.length > 0 ? 1 : 0
      if (count % 25_000 !== 0) continue
      most = Math.max(most, usedMemory() - before)
    }
    same(count, HEAVY, 'the number of ids')
    // An array of them takes twice as much.
    if (most > 4_500_000) fail(`ids() of ${HEAVY} records took ${most} bytes of memory`)
  },
})

/** How many bytes are in use after a garbage collection, for which node need not be started with --expose-gc. */
function memoryMeter(): () => number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  return () => {
    collect()
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  }
}

/** What an earlier test left behind may take several collections to go. */
async function settled(usedMemory: () => number): Promise<number> {
  for (let used = usedMemory(), rounds = 0; ; rounds += 1) {
    await nextTurn()
    const now = usedMemory()
    if (used - now < 50_000 || rounds === 20) return now
    used = now
  }
}
