import type { Ledger } from '../shared/api/ledger.ts'

/** What the portal itself anchors to and reads from; null until known or while it does not answer. */
export async function useLedger() {
  // The answer names this portal by the host the visitor asked for: on the server that host is passed on.
  const askAsVisitor = useRequestFetch()
  const { data, error, refresh } = await useAsyncData(
    'ledger',
    () => askAsVisitor<Ledger, string>(apiPaths.ledger(), { retry: false }),
    { deep: false },
  )
  return {
    ledger: computed(() => data.value ?? null),
    trouble: computed(() => (error.value ? troubleOf(error.value) : null)),
    refresh: () => refresh(),
  }
}
