// What is measured. `step(field, n)` is one call; `n` differs from call to call, so that every write writes something
// else. An operation with `once` is measured a whole call at a time, after `prepare`. `tidy` undoes what a batch left.
// `needs`: the contender's methods of which it takes one.

import { setTimeout as pause } from 'node:timers/promises'

/** How many calls are under way while sessions are brought in and taken out, which is not measured. */
const IN_COMPANY = 64

/** One contender with the ids of the sessions that it holds. */
export class Field {
  made = []
  calls = 0

  /** @param sessions what is stored, over and over again */
  constructor(contender, sessions) {
    this.contender = contender
    this.sessions = sessions
    this.ids = []
  }

  async fill(population) {
    this.ids = await inCompany(population, (n) => this.contender.create(this.session(n)))
  }

  /** Another id at each call, in no order that a cache would like. */
  id(n) {
    return this.ids[(n * 7919) % this.ids.length]
  }

  session(n) {
    return this.sessions[n % this.sessions.length]
  }
}

export const OPERATIONS = [
  { name: 'load', title: 'load', step: ({ contender }, id) => contender.load(id) },
  {
    name: 'read',
    title: 'load, read the cart, flush',
    step: ({ contender }, id) => contender.readInside(id),
  },
  {
    name: 'change',
    title: 'load, change, flush',
    step: ({ contender }, id, n) => contender.change(id, n),
  },
  {
    name: 'inside',
    title: 'load, change in the cart, flush',
    step: ({ contender }, id, n) => contender.changeInside(id, n),
  },
  {
    name: 'create',
    title: 'create',
    async step(field, _id, n) {
      field.made.push(await field.contender.create(field.session(n)))
    },
    async tidy({ contender, made }) {
      const ids = made.splice(0)
      await inCompany(ids.length, (n) => contender.remove(ids[n]))
    },
  },
  {
    name: 'touch',
    title: 'touch',
    needs: ['touch'],
    step: ({ contender }, id, n) => contender.touch(id, 3600 + (n % 10_000)),
  },
  {
    name: 'list',
    title: 'list all ids',
    once: true,
    needs: ['list', 'traverse'],
    async step({ contender, ids }) {
      check('listed', await listed(contender), ids.length)
    },
  },
  {
    name: 'traverse',
    title: 'traverse',
    once: true,
    needs: ['traverse'],
    async step({ contender, ids }) {
      let count = 0
      await contender.traverse(() => count++)
      check('visited', count, ids.length)
    },
  },
  {
    name: 'purge',
    title: 'purge 10 % expired',
    once: true,
    needs: ['purge'],
    async prepare(field) {
      const expired = Math.round(field.ids.length / 9)
      await inCompany(expired, (n) => field.contender.createExpired(field.session(n)))
      // Some take no time in the past.
      await pause(40)
    },
    step: ({ contender }) => contender.purge(),
    async tidy({ contender, ids }) {
      // Some answer before they are through.
      if ((await counted(contender)) !== ids.length) await pause(100)
      check('left after the purge', await counted(contender), ids.length)
    },
  },
]

async function listed(contender) {
  if (contender.list) return contender.list()
  let count = 0
  await contender.traverse(() => count++)
  return count
}

function counted(contender) {
  return contender.count ? contender.count() : listed(contender)
}

/** What `call` answers for 0, 1, 2 … */
async function inCompany(count, call) {
  const answers = []
  while (answers.length < count) {
    const some = Math.min(IN_COMPANY, count - answers.length)
    answers.push(...(await Promise.all(Array.from({ length: some }, (_, at) => call(answers.length + at)))))
  }
  return answers
}

function check(what, found, expected) {
  if (found !== expected) throw new Error(`${what}: ${found} sessions, expected ${expected}`)
}
