// How the demo speaks: numbered steps, names and values, colours where a person looks on; and its conscience, `check`.
import { styleText } from 'node:util'

let steps = 0

export function step(title: string): void {
  say('')
  say(strong(`${++steps}. ${title}`))
}

export function say(line: string): void {
  console.log(line)
}

export function value(name: string, given: unknown): void {
  const text = typeof given === 'string' ? given : (JSON.stringify(given) ?? 'undefined')
  say(`   ${name.padEnd(18)}${coloured('green', text)}`)
}

export function quote(text: string): void {
  say(`   ${coloured('dim', text)}`)
}

export function strong(text: string): string {
  return coloured('bold', text)
}

/** @throws Error when what the demo says is not so */
export function check(isSo: boolean, claim: string): void {
  if (!isSo) throw new Error(`The demo is wrong: it is not so that ${claim}`)
}

function coloured(style: 'bold' | 'dim' | 'green', text: string): string {
  return process.stdout.isTTY && !process.env['NO_COLOR'] ? styleText(style, text) : text
}
