/**
 * The objects that were read through an alias. YAML::Tiny has no aliases and writes such a thing twice, as we do with
 * plain data; but what was one thing in the record that was read must be one in the record that is written.
 */
const shared = new WeakSet<object>()
let some = false

/** Notes that this object stands in a record more than once. */
export function noteShared(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  shared.add(value)
  some = true
}

/** Whether the object was read through an alias. */
export function isShared(value: object): boolean {
  return some && shared.has(value)
}
