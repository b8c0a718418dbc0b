const versionLiteral = /^v?\d[\d_]*(?:\.\d[\d_]*)*$/

/** Whether this is how a version string is written in Perl: `v1.22.333`, or `1.22.333`. */
export function isVersionLiteral(literal: string): boolean {
  return versionLiteral.test(literal)
}

/** The code points that such a literal stands for. */
export function versionPoints(literal: string): number[] {
  const parts = literal.replaceAll(/[v_]/g, '').split('.')
  return parts.map(Number)
}
