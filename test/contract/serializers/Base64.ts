import { storableSetups } from '../storable-setup.ts'

export const setups = storableSetups('Base64', (image) => Buffer.from(image.toString('base64')))
