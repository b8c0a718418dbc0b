/** Which generator makes ids of this form. */
const forms: readonly (readonly [generator: string, form: RegExp])[] = [
  ['MD5', /^[0-9a-f]{32}$/i],
  ['SHA1', /^[0-9a-f]{40}$/i],
  ['SHA256', /^[0-9a-f]{64}$/i],
  ['SHA512', /^[0-9a-f]{128}$/i],
  ['UUID36', /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i],
  ['UUID34', /^0x[0-9a-f]{32}$/i],
  ['UUID64', /^[\w+/-]{22}==$/],
  ['AutoIncrement', /^\d{1,16}$/],
]

/** The name of the id generator that makes such ids; undefined for others. */
export function generatorOf(id: string): string | undefined {
  return forms.find(([, form]) => form.test(id))?.[0]
}
