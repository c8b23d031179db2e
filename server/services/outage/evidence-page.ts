import type { Deps } from '../deps.ts'

/** Sources looked at for one page: some have no readings behind them, such as the silence of a device never heard. */
export const MAX_SOURCES = 1000

/** What evidence names: a record, or a device's readings of these numbers and between; null is without bound. */
export type EvidenceSource =
  { leafHash: string } | { deviceId: string; firstSeq: number | null; lastSeq: number | null }

/** Where a page begins: a source, by its index, and the first number of its readings not shown yet. */
export interface EvidencePlace {
  index: number
  seq: number
}

export const FIRST_PLACE: EvidencePlace = { index: 0, seq: 0 }

/**
 * Leaf hashes of the records behind these sources, in their order, each once in a page. The cost of a page is that of the
 * page; one may hold fewer than `limit`, or none, and still have a next.
 */
export async function evidencePage(
  { models }: Pick<Deps, 'models'>,
  sources: readonly EvidenceSource[],
  { from, limit }: { from: EvidencePlace; limit: number },
): Promise<{ items: string[]; next: EvidencePlace | null }> {
  const items = new Set<string>()
  const lastIndex = from.index + MAX_SOURCES
  for (let { index, seq } = from; index < sources.length; index += 1, seq = 0) {
    const source = sources[index]
    if (!source || index === lastIndex || items.size === limit)
      return { items: [...items], next: { index, seq } }
    if ('leafHash' in source) {
      items.add(source.leafHash)
      continue
    }
    const { deviceId, firstSeq, lastSeq } = source
    const first = Math.max(seq, firstSeq ?? 0)
    const rows = await models.records
      .find(
        { device_id: deviceId, seq: { $gte: first, ...(lastSeq !== null && { $lte: lastSeq }) } },
        { seq: 1 },
      )
      .sort({ seq: 1 })
      .limit(limit - items.size + 1)
      .lean()
    for (const row of rows) {
      if (items.size === limit) return { items: [...items], next: { index, seq: row.seq ?? first } }
      items.add(row._id)
    }
  }
  return { items: [...items], next: null }
}
