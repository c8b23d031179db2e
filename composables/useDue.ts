import type { Due } from '../shared/api/ledger.ts'

/** No event tells of a record that waits. */
const ASK_EVERY_MS = 15_000

/** Which areas' batches are due next, kept current while the component is mounted; of one area where one is chosen. */
export async function useDue(areaId: () => string | undefined) {
  let timer: ReturnType<typeof setInterval> | undefined
  onMounted(() => {
    timer = setInterval(() => void refresh(), ASK_EVERY_MS)
  })
  onBeforeUnmount(() => clearInterval(timer))

  const key = computed(() => `due:${areaId() ?? ''}`)
  const { data, error, refresh } = await useAsyncData(key, () => ask<Due>(apiPaths.due(areaId())), {
    deep: false,
  })
  return {
    due: computed(() => data.value ?? null),
    trouble: computed(() => (error.value ? troubleOf(error.value) : null)),
    refresh: () => refresh(),
  }
}
