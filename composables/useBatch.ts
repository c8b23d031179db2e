import type { Batch, BatchRecord } from '../shared/api/ledger.ts'

/** No event tells of each further block on an anchored batch. */
const BLOCKS_EVERY_MS = 10_000
const NOT_THERE: readonly number[] = [400, 404]

/** One batch, kept current by the portal's events. A batch the ledger does not hold is a missing page. */
export async function useBatch(areaId: string, number: string) {
  let timer: ReturnType<typeof setInterval> | undefined
  onMounted(() => {
    timer = setInterval(() => {
      if (data.value?.state === 'anchored') void refresh()
    }, BLOCKS_EVERY_MS)
  })
  onBeforeUnmount(() => clearInterval(timer))

  const { data, error, refresh } = await useAsyncData(
    `batch:${areaId}:${number}`,
    () => ask<Batch>(apiPaths.batch(areaId, number)),
    { deep: false },
  )
  if (error.value && NOT_THERE.includes(error.value.statusCode ?? 0)) {
    throw createError({
      statusCode: 404,
      fatal: import.meta.client,
    })
  }
  const trouble = computed(() => (error.value ? troubleOf(error.value) : null))

  /** The event does not count blocks: ask. */
  function onBatch(batch: Batch) {
    if (batch.area_id === areaId && batch.number === data.value?.number) void refresh()
  }

  return { batch: data, trouble, onBatch, refresh: () => refresh() }
}

const RECORDS_LIMIT = 50

/** Records of a batch in their order, page by page. */
export async function useBatchRecords(areaId: string, number: string) {
  const cursors = ref<(string | null)[]>([null])
  const { data, error, refresh } = await useAsyncData(
    `records:${areaId}:${number}`,
    () =>
      ask<{ items: BatchRecord[]; next: string | null }>(
        apiPaths.batchRecords(areaId, number, {
          cursor: cursors.value.at(-1),
          limit: RECORDS_LIMIT,
        }),
      ),
    { deep: false, watch: [cursors] },
  )
  return {
    records: computed(() => data.value?.items ?? []),
    trouble: computed(() => (error.value ? troubleOf(error.value) : null)),
    hasPrevious: computed(() => cursors.value.length > 1),
    hasNext: computed(() => data.value?.next != null),
    previous: () => (cursors.value = cursors.value.slice(0, -1)),
    next: () => (cursors.value = [...cursors.value, data.value?.next ?? null]),
    refresh: () => refresh(),
  }
}
