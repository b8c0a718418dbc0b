import { storableSetups } from '../storable-setup.ts'

export const setups = storableSetups('Sybase', (image) => Buffer.from(image.toString('hex')))
