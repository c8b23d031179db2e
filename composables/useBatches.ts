import type { Batch } from '../shared/api/ledger.ts'

const LIMIT = 50

const isSame = (a: Batch, b: Batch) => a.area_id === b.area_id && a.number === b.number

/** Batches of the ledger, newest first, narrowed by `filter`, kept current by the portal's events. */
export async function useBatches(filter: Readonly<Ref<BatchFilter>>) {
  const key = () => `batches:${filter.value.areaId ?? ''}:${filter.value.status ?? ''}`
  const { items, change, ...pages } = await usePages(key, (cursor) =>
    ask<PageOf<Batch>>(apiPaths.batches({ ...filter.value, cursor, limit: LIMIT })),
  )

  function belongs({ area_id, state }: Batch): boolean {
    const { areaId, status: wanted } = filter.value
    return (!areaId || areaId === area_id) && (!wanted || wanted === state)
  }

  function onBatch(batch: Batch) {
    change((shown) => {
      const isKnown = shown.some((item) => isSame(item, batch))
      const changed = shown.map((item) => (isSame(item, batch) ? batch : item)).filter(belongs)
      return isKnown || !belongs(batch) ? changed : [batch, ...changed]
    })
  }

  return { ...pages, batches: items, onBatch }
}
