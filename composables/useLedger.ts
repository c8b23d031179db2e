import type { Ledger } from '../shared/api/ledger.ts'

/** What the portal itself anchors to and reads from; null until known or while it does not answer. */
export async function useLedger() {
  const { data, error, refresh } = await useAsyncData(
    'ledger',
    () => ask<Ledger>(apiPaths.ledger()),
    { deep: false },
  )
  return {
    ledger: computed(() => data.value ?? null),
    trouble: computed(() => (error.value ? troubleOf(error.value) : null)),
    refresh: () => refresh(),
  }
}
