import type { Driver } from '../../contracts/driver.ts'
import { fail, hasCode, same, shown } from '../assertions.ts'
import { awkwardIds, ordinaryIds } from './awkward-ids.ts'
import type { Trial } from './trial.ts'
import { chapter, expectAbsent, expectImage, expectListed, imageOf } from './trial.ts'

const refusable = Object.entries(awkwardIds).map(([what, ids]) => [
  `ids ${what} are kept apart, or refused`,
  async ({ driver }: Trial) =>
    keepsApart(
      driver,
      ids.filter((id) => accepts(driver, id)),
    ),
])

export const ids = chapter('id', [], {
  'ids such as generators make are taken': async ({ driver, limits }) => {
    const ordinary = ordinaryIds(limits.longestId)
    for (const id of ordinary) if (!accepts(driver, id)) fail(`checkId(${shown(id)}) refuses an ordinary id`)
    await keepsApart(driver, ordinary)
  },
  ...Object.fromEntries(refusable),
})

function accepts(driver: Driver, id: string): boolean {
  try {
    driver.checkId?.(id)
    return true
  } catch (error) {
    if (hasCode(error, 'ERR_SESSION_ID')) return false
    return fail(`checkId(${shown(id)}) threw something else than an InvalidIdError: ${String(error)}`)
  }
}

/** Each id has a record of its own, for every verb. */
async function keepsApart(driver: Driver, ids: readonly string[]): Promise<void> {
  const image = (id: string) => imageOf(`image of ${JSON.stringify(id)}`)
  for (const id of ids) {
    await expectAbsent(driver, id, 'before it was stored, with other ids there')
    same(await driver.remove(id), false, `remove(${shown(id)}) before it was stored, with other ids there`)
    await driver.store(id, image(id), 3600)
  }
  for (const id of ids) await expectImage(driver, id, image(id), 'with other ids there')
  await expectListed(driver, ids, 'with these ids')

  const later = (id: string) => imageOf(`later image of ${JSON.stringify(id)}`)
  for (const id of ids) {
    if (driver.create) same(await driver.create(id, image(id), 60), false, `create(${shown(id)})`)
    if (driver.touch) same(await driver.touch(id, 7200), true, `touch(${shown(id)})`)
    if (driver.replace) {
      same(await driver.replace(id, image(id), later(id), 3600), 'done', `replace(${shown(id)})`)
    } else {
      await driver.store(id, later(id), 3600)
    }
  }

  const odd = ids.filter((_, index) => index % 2 === 1)
  const even = ids.filter((_, index) => index % 2 === 0)
  for (const id of odd) {
    const gone = driver.removeIf ? await driver.removeIf(id, later(id)) : await driver.remove(id)
    same(gone, driver.removeIf ? 'done' : true, `${driver.removeIf ? 'removeIf' : 'remove'}(${shown(id)})`)
  }
  for (const id of odd) await expectAbsent(driver, id, 'after it was removed')
  for (const id of even) await expectImage(driver, id, later(id), 'after others were removed')
  await expectListed(driver, even, 'after every second was removed')
}
