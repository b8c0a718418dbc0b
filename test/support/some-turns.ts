import { setImmediate as nextTurn } from 'node:timers/promises'

/** Some turns of the event loop, timers included: time for what does not wait to be done. */
export async function someTurns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 1))
    await nextTurn()
  }
}
