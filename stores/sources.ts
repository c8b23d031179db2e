/** Where a visitor's browser checks proofs: an Ethereum node, a contract and an IPFS gateway. */
export interface VerificationSources {
  rpcUrl: string
  contract: string
  gatewayUrl: string
}

const STORED_AS = 'gridwitness.sources'
const NAMES = ['rpcUrl', 'contract', 'gatewayUrl'] as const

/** What the visitor chose in place of the portal's own; remembered in this browser. An empty text is a choice too: do not ask. */
export const useSourcesStore = defineStore('sources', () => {
  const chosen = ref<Partial<VerificationSources>>({})

  /** Reads what was remembered; anything unreadable counts as nothing. */
  function recall(storage: Storage) {
    const stored = storage.getItem(STORED_AS)
    if (stored === null) return
    try {
      const value: unknown = JSON.parse(stored)
      const texts = NAMES.map((name) => [name, Reflect.get(Object(value), name)] as const)
      chosen.value = Object.fromEntries(texts.filter(([, text]) => typeof text === 'string'))
    } catch {
      storage.removeItem(STORED_AS)
    }
  }

  function choose(change: Partial<VerificationSources>, storage: Storage) {
    chosen.value = { ...chosen.value, ...change }
    storage.setItem(STORED_AS, JSON.stringify(chosen.value))
  }

  function forget(storage: Storage) {
    chosen.value = {}
    storage.removeItem(STORED_AS)
  }

  return { chosen, recall, choose, forget }
})
