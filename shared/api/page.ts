import { z } from 'zod'

export const DEFAULT_PAGE_LIMIT = 100
export const MAX_PAGE_LIMIT = 500

/** Query members of every list. */
export const pageQuery = {
  cursor: z.string().max(400).optional(),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_LIMIT).default(DEFAULT_PAGE_LIMIT),
}

/** `{ items, next }`: `next` is the cursor of the following page, null on the last. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ items: z.array(item), next: z.string().nullable() })
