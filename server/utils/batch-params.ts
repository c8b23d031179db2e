import type { H3Event } from 'h3'
import { z } from 'zod'
import { areaIdField } from '../../shared/fields'

const numberParam = z
  .string()
  .regex(/^[1-9]\d{0,15}$/, 'expected a batch number')
  .transform(Number)

/** Area and number of the batch a path names. */
export const batchParams = (event: H3Event) => ({
  areaId: paramOf(event, 'areaId', areaIdField),
  number: paramOf(event, 'number', numberParam),
})
