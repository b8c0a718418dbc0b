/** The tags of YAML::Syck and YAML.pm: what kind of thing a node is, and its class. */
export interface Tag {
  readonly kind: 'hash' | 'array' | 'ref' | 'scalar' | 'regexp' | 'code' | 'glob' | 'any'
  /** Empty when the thing has none. */
  readonly className: string
}

const kindTag = /^!!?perl\/(hash|array|ref|scalar|regexp|code|glob)(?::(.*))?$/
/** What YAML.pm wrote long ago: the kind is that of the node. */
const classTag = /^!!?perl\/[@$]?([A-Za-z](?:\w|::)+)$/

/** `undefined` for a tag that is not Perl's. */
export function parseTag(text: string): Tag | undefined {
  const kind = kindTag.exec(text)
  if (kind !== null) {
    const [, name, className = ''] = kind
    return className === '' || isClassName(className) ? { kind: name as Tag['kind'], className } : undefined
  }
  const className = classTag.exec(text)?.[1]
  return className === undefined ? undefined : { kind: 'any', className }
}

/** Whether YAML::Syck finds this class again in a tag. YAML.pm knows only names of words and double colons. */
export function isClassName(name: string): boolean {
  return /^(?!:)[!-~]+$/.test(name)
}
