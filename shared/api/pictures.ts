import { z } from 'zod'
import { areaIdField } from '../fields.ts'
import { outageIdField } from './outages.ts'

export const PICTURE_LANGUAGES = ['en', 'hi'] as const
export type PictureLanguage = (typeof PICTURE_LANGUAGES)[number]

export const pictureQuery = z.strictObject({ lang: z.enum(PICTURE_LANGUAGES).default('en') })

const ENDING = '.png'

/** The id in `<id>.png`. */
const pictureOf = (idField: z.ZodString) =>
  z
    .string()
    .endsWith(ENDING, `expected a name ending in ${ENDING}`)
    .transform((name) => name.slice(0, -ENDING.length))
    .pipe(idField)

export const areaPictureField = pictureOf(areaIdField)
export const outagePictureField = pictureOf(outageIdField)
