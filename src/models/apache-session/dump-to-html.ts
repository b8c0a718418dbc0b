import { inspect } from 'node:util'

const READABLE = { depth: 20, maxArrayLength: 1000, maxStringLength: 10_000, breakLength: 100, sorted: true }

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Tables of keys and values, of which nothing can be taken for HTML. */
export function dumpToHtml(
  metadata: Readonly<Record<string, unknown>>,
  data: Readonly<Record<string, unknown>>,
): string {
  const rows = [...Object.entries(metadata), ...Object.entries(data)].map(
    ([key, value]) => `<tr><th>${escape(key)}</th><td><pre>${escape(textOf(value))}</pre></td></tr>\n`,
  )
  return `<table>\n<tr><th>Key</th><th>Value</th></tr>\n${rows.join('')}</table>\n`
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : inspect(value, READABLE)
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!)
}
