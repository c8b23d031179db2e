import type { VerificationSources } from '../stores/sources.ts'

/** The sources to verify against: the visitor's choice where one was made, else what the portal itself uses. */
export async function useSources() {
  const store = useSourcesStore()
  const isRecalled = ref(false)
  onMounted(() => {
    store.recall(localStorage)
    isRecalled.value = true
  })
  const { ledger } = await useLedger()

  const suggested = computed<VerificationSources>(() => ({
    rpcUrl: ledger.value?.rpc_url ?? '',
    contract: ledger.value?.contract ?? '',
    gatewayUrl: ledger.value?.gateway_url ?? '',
  }))
  const sources = computed({
    get: (): VerificationSources => ({ ...suggested.value, ...store.chosen }),
    set: (next) => {
      const changed = Object.entries(next).filter(
        ([name, text]) => text !== Reflect.get(sources.value, name),
      )
      store.choose(Object.fromEntries(changed), localStorage)
    },
  })

  return {
    sources,
    /** True where something differs from what the portal uses. */
    isOwnChoice: computed(() => Object.keys(store.chosen).length > 0),
    /** False until this browser's memory was read: nothing should be asked of a source before. */
    isRecalled,
    forget: () => store.forget(localStorage),
  }
}
