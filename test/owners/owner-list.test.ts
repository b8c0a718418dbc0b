import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ThawError } from '../../src/errors.ts'
import { hiddenId, isHidden } from '../../src/hidden-ids.ts'
import {
  admitted,
  doomed,
  type OwnerList,
  emptyList,
  formatEntries,
  listed,
  parseEntries,
  rivals,
  spared,
  without,
} from '../../src/owners/owner-list.ts'

const text = fc.string({ unit: 'binary' })
const entry = fc.record({
  id: text,
  since: fc.integer({ min: 0, max: 2 ** 40 }),
  standing: fc.constantFrom('new' as const, 'live' as const, 'doomed' as const),
})
const list: fc.Arbitrary<OwnerList> = fc.record({
  owner: text,
  entries: fc.uniqueArray(entry, { selector: ({ id }) => id, maxLength: 8 }),
  until: fc.constant(0),
})

test('a list is written as plain ASCII and comes back as it was', () => {
  fc.assert(
    fc.property(list, (given) => {
      const written = formatEntries(given)
      expect(written).toMatch(/^[ -~]*$/)
      expect(parseEntries(written)).toEqual({ owner: given.owner, entries: given.entries })
    }),
  )
})

test('what this library did not write is refused', () => {
  fc.assert(
    fc.property(fc.oneof(text, fc.json(), fc.anything()), (strange) => {
      try {
        expect(typeof parseEntries(strange).owner).toBe('string')
      } catch (error) {
        expect(error).toBeInstanceOf(ThawError)
      }
    }),
  )
})

test('whoever is admitted is the newest, and no more than the limit are left', () => {
  fc.assert(
    fc.property(list, text, fc.integer({ min: 1, max: 4 }), fc.nat(2000), (given, id, limit, now) => {
      const after = admitted(given, id, limit, now)
      expect(after.entries.at(-1)).toMatchObject({ id, standing: 'live' })
      expect(rivals(after, id, now).length).toBeLessThan(limit)
      // Nobody is forgotten: who goes is doomed first.
      const ids = (of: OwnerList) => of.entries.map((each) => each.id).filter((each) => each !== id)
      expect(ids(after)).toEqual(ids(given))
    }),
  )
})

test('a session is listed once, and the list lasts as long as any of them', () => {
  let sessions = emptyList('alice')
  sessions = listed(sessions, 'a', 'live', 100, 1)
  sessions = listed(sessions, 'b', 'new', 50, 2)
  expect(listed(sessions, 'a', 'live', 100, 3)).toBe(sessions)
  sessions = listed(sessions, 'a', 'live', 200, 4)
  expect(sessions.until).toBe(200)
  expect(sessions.entries.map(({ id, since }) => [id, since])).toEqual([
    ['a', 1],
    ['b', 2],
  ])
  expect(without(sessions, new Set(['c']))).toBe(sessions)
  const leaving = doomed(sessions, new Set(['b']))
  expect(leaving.entries.map(({ standing }) => standing)).toEqual(['doomed', 'new'])
  expect(spared(leaving, new Set(['a'])).entries.map(({ standing }) => standing)).toEqual(['live', 'new'])
})

test('what a store keeps for itself has ids that no generator makes', () => {
  fc.assert(
    fc.property(text, (name) => {
      expect(isHidden(hiddenId('owner', name))).toBe(true)
      expect(hiddenId('owner', name)).toHaveLength(32)
      expect(hiddenId('lock', name)).toHaveLength(31)
    }),
  )
  for (const id of ['owner.x', 'owner', 'lock.', 'owl', `x${hiddenId('owner', 'a')}`]) {
    expect(isHidden(id)).toBe(false)
  }
  expect(hiddenId('owner', 'alice')).toBe(hiddenId('owner', 'alice'))
  expect(hiddenId('owner', 'alice')).not.toBe(hiddenId('owner', 'Alice'))
})
