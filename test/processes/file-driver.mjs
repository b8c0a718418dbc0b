// What the scripts beside this one share: a File driver of the built package, and the ways to lock.
import { readFileSync } from 'node:fs'
import File from '../../dist/drivers/File.js'
import { flockCommand } from '../../dist/src/files/flock-command.js'
import { koffiFlock } from '../../dist/src/files/koffi-flock.js'

/** The script's one argument. */
export const argument = JSON.parse(process.argv[2])

export const logger = { warn: (message) => console.error(message), debug: () => {} }

/** `how` is 'koffi' or 'command'. */
export function flockFinder(how) {
  return () => {
    const flock = how === 'command' ? flockCommand() : koffiFlock()
    if (flock === undefined) throw new Error(`There is no flock by ${how} here`)
    return flock
  }
}

export function openDriver({ options, how }) {
  const driver = new File(options, Date.now, logger, flockFinder(how))
  driver.open()
  return driver
}

/** Waits for the line that starts all processes at the same moment. */
export function waitForStart() {
  console.log('ready')
  readFileSync(0, 'utf8')
}
