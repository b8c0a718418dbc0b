import { TypeStringError } from './errors.ts'
import { nearest } from './nearest.ts'

/** The parts of a type string, in their canonical order. */
export const COMPONENTS = ['driver', 'id', 'serialize', 'layout'] as const

export type Component = (typeof COMPONENTS)[number]

/** A name for every component. */
export type StoreType = Readonly<Record<Component, string>>

/** What a type string leaves out: Data::Session's own defaults. */
export const DEFAULT_TYPE: StoreType = {
  driver: 'File',
  id: 'MD5',
  serialize: 'DataDumper',
  layout: 'DataSession',
}

/**
 * Reads `driver:SQLite;id:SHA256;serialize:JSON`. Every part is optional, their order is free, keys are
 * case-insensitive, white space and empty parts are ignored; names are looked up later, case-insensitively.
 *
 * @throws TypeStringError for an unknown key, a key without a value, a second colon, a key given twice.
 */
export function parseTypeString(text: string | undefined): Partial<StoreType> {
  const parts: Partial<Record<Component, string>> = {}
  for (const part of (text ?? '').replace(/\s+/g, '').split(';')) {
    if (part === '') continue
    const [key = '', value = '', ...rest] = part.split(':')
    const component = key.toLowerCase()
    if (!isComponent(component)) throw unexpected(component, part)
    if (rest.length > 0) {
      throw new TypeStringError(`Error in type: '${part}' has more than one colon; separate parts with ';'`)
    }
    if (value === '') throw new TypeStringError(`Error in type: Missing value for option '${component}'`)
    if (parts[component] !== undefined) {
      throw new TypeStringError(`Error in type: '${component}' is given twice`)
    }
    parts[component] = value
  }
  return parts
}

/** The normal form of a type string. The layout is left out when it is the default one. */
export function formatTypeString(type: StoreType): string {
  return COMPONENTS.filter((key) => key !== 'layout' || type.layout !== DEFAULT_TYPE.layout)
    .map((key) => `${key}:${type[key]}`)
    .join(';')
}

function isComponent(key: string): key is Component {
  return (COMPONENTS as readonly string[]).includes(key)
}

function unexpected(key: string, part: string): TypeStringError {
  const meant = nearest(key, COMPONENTS)
  const hint = meant === undefined ? `the keys are ${COMPONENTS.join(', ')}` : `did you mean '${meant}'?`
  return new TypeStringError(`Error in type: Unexpected component '${key}' in '${part}'; ${hint}`)
}
