import type { Batch } from '../shared/api/ledger.ts'

const LIMIT = 4

/** The last few batches of an area. */
export async function useLatestBatches(areaId: string) {
  const { data, error, refresh } = await useAsyncData(
    `latest-batches:${areaId}`,
    () => ask<{ items: Batch[] }>(apiPaths.batches({ areaId, limit: LIMIT })),
    { deep: false },
  )
  return {
    batches: computed(() => data.value?.items ?? []),
    trouble: computed(() => (error.value ? troubleOf(error.value) : null)),
    refresh: () => refresh(),
  }
}
