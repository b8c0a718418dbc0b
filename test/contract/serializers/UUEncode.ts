import { uuencode } from '../../../src/perl/uuencode.ts'
import { storableSetups } from '../storable-setup.ts'

export const setups = storableSetups('UUEncode', uuencode)
