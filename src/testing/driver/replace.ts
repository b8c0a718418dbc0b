import { same } from '../assertions.ts'
import { atOnce, chapter, expectAbsent, expectImage, expectListed, imageOf, plainId } from './trial.ts'

const id = plainId(1)
const before = imageOf('before')
const after = imageOf('after')

/** Images that a comparison of text, of a prefix, or of lengths would take for 'before'. */
export const lookAlikes = [
  'Before',
  'before ',
  ' before',
  'befor',
  'before\0',
  'befors',
  'afters',
  'before\n',
  'b\u00e9fore',
  '',
]

export const replace = chapter('replace', ['replace'], {
  'puts the image there when the record is as expected': async ({ driver }) => {
    await driver.store(id, before, undefined)
    same(await driver.replace(id, before, after, undefined), 'done', `replace(${id}) of what is there`)
    await expectImage(driver, id, after, 'after replace')
  },

  'does not when the record has changed': async ({ driver }) => {
    await driver.store(id, imageOf('other'), undefined)
    same(await driver.replace(id, before, after, undefined), 'changed', `replace(${id}) of what has changed`)
    await expectImage(driver, id, imageOf('other'), "after replace answered 'changed'")
  },

  'makes nothing when there is no record': async ({ driver }) => {
    same(await driver.replace(id, before, after, undefined), 'absent', `replace(${id}) without a record`)
    const nothing = new Uint8Array(0)
    same(await driver.replace(id, nothing, after, undefined), 'absent', `replace(${id}) expecting no bytes`)
    await expectAbsent(driver, id, "after replace answered 'absent'")
    await expectListed(driver, [], "after replace answered 'absent'")
  },

  'never brings a removed record back': async ({ driver }) => {
    await driver.store(id, before, 60)
    await driver.remove(id)
    same(await driver.replace(id, before, after, 60), 'absent', `replace(${id}) of a removed record`)
    await expectAbsent(driver, id, 'after replace of a removed record')
    await expectListed(driver, [], 'after replace of a removed record')
  },

  'compares byte by byte': async ({ driver }) => {
    await driver.store(id, before, undefined)
    for (const text of lookAlikes) {
      const what = `replace(${id}) expecting ${JSON.stringify(text)} where 'before' is`
      same(await driver.replace(id, imageOf(text), after, undefined), 'changed', what)
    }
    await expectImage(driver, id, before, "after replace answered 'changed'")
    await driver.store(id, new Uint8Array(0), undefined)
    same(await driver.replace(id, imageOf('\0'), after, undefined), 'changed', `replace(${id}) of no bytes`)
    same(await driver.replace(id, new Uint8Array(0), after, undefined), 'done', `replace(${id}) of no bytes`)
  },

  'compares bytes that are no text': async ({ driver }) => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
    const other = bytes.map((byte) => (byte === 0xff ? 0xfe : byte))
    await driver.store(id, bytes, undefined)
    same(await driver.replace(id, other, after, undefined), 'changed', `replace(${id}) of other bytes`)
    same(await driver.replace(id, bytes, after, undefined), 'done', `replace(${id}) of the same bytes`)
  },

  'is done when old and new are the same': async ({ driver }) => {
    await driver.store(id, before, 60)
    same(await driver.replace(id, before, before, 60), 'done', `replace(${id}) by the same bytes`)
    await expectImage(driver, id, before, 'after replace by the same bytes')
  },

  "keeps its image when the caller's buffer changes": async ({ driver }) => {
    await driver.store(id, before, undefined)
    const given = imageOf('given')
    await driver.replace(id, before, given, undefined)
    given.fill(0x78)
    await expectImage(driver, id, imageOf('given'), 'after the replacing buffer was overwritten')
  },

  'of twenty at once from one image one is done': async ({ driver }) => {
    for (let round = 0; round < 5; round += 1) {
      const id = plainId(round)
      await driver.store(id, before, undefined)
      const answers = await atOnce(20, (number) =>
        driver.replace(id, before, imageOf(`number ${number}`), undefined),
      )
      const done = answers.flatMap((answer, number) => (answer === 'done' ? [number] : []))
      same(done.length, 1, `the number of replace(${id}) that answered 'done', of 20 at once`)
      same(
        answers.filter((answer) => answer === 'changed').length,
        19,
        `the others' answer to replace(${id})`,
      )
      await expectImage(driver, id, imageOf(`number ${done[0]}`), 'which must be the winner')
    }
  },

  'beside a remove never brings the record back': async ({ driver }) => {
    await atOnce(20, async (number) => {
      const id = plainId(number)
      await driver.store(id, before, 60)
      const replaced = async () => driver.replace(id, before, after, 60)
      const removed = async () => driver.remove(id)
      await Promise.all(number % 2 === 0 ? [replaced(), removed()] : [removed(), replaced()])
      await expectAbsent(driver, id, 'after remove and replace at once')
    })
    await expectListed(driver, [], 'after remove and replace at once')
  },
})
