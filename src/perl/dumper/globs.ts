import { isPlainObject } from '../../hash.ts'
import { Glob, ScalarRef } from '../values.ts'

/**
 * The scalar, array and hash of a glob, which Data::Dumper writes behind the data: a file handle of File::Temp has its
 * path and its options there. Nothing can be done with them but to write them again.
 */
const contents = new WeakMap<Glob, unknown[]>()

/** References to what is in this glob; undefined when nothing is known about that. */
export function contentsOf(glob: Glob): unknown[] | undefined {
  return contents.get(glob)
}

export function setContents(glob: Glob, references: unknown[]): void {
  contents.set(glob, references)
}

/** Whether this is a reference to what a glob can have for itself. */
export function isGlobContent(reference: unknown): boolean {
  if (reference instanceof ScalarRef) return !(reference.value instanceof Glob)
  return Array.isArray(reference) || isPlainObject(reference)
}
