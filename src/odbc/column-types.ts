// Types of columns, as ODBC numbers them.

const binary = -2
const varbinary = -3
const longVarbinary = -4
const char = 1
const varchar = 12
const longVarchar = -1
const wideChar = -8
const wideVarchar = -9
const wideLongVarchar = -10
const bigint = -5

const bytes: readonly number[] = [binary, varbinary, longVarbinary]
const texts: readonly number[] = [char, varchar, longVarchar, wideChar, wideVarchar, wideLongVarchar]
const long: readonly number[] = [longVarbinary, longVarchar, wideLongVarchar]

export const isBytes = (type: number): boolean => bytes.includes(type)
export const isText = (type: number): boolean => texts.includes(type)
/** Values are fetched piece by piece, whatever their length is. Others have the room that the size says, no more. */
export const isLong = (type: number): boolean => long.includes(type)
export const isBigint = (type: number): boolean => type === bigint
