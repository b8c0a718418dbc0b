// Makes so many ids with AutoIncrement, all at once, and prints them.
import AutoIncrement from '../../dist/id-generators/AutoIncrement.js'
import { argument, flockFinder, logger, waitForStart } from './file-driver.mjs'

const generator = new AutoIncrement(argument.options, logger, flockFinder(argument.how))
waitForStart()
const ids = await Promise.all(Array.from({ length: argument.times }, () => generator.generate()))
console.log(ids.join(' '))
