/** Whom to ask, as it stands in the fields. */
type Typed = Record<'rpcUrl' | 'contract' | 'gatewayUrl', string>

export type SourceFault = 'not_a_url' | 'not_a_contract' | 'no_contract'

/**
 * What is wrong with whom to ask, by field; empty where nothing is. An empty address is a choice: it is not asked. A node
 * without a contract could not be asked anything, which nobody who typed the node would expect.
 */
export function sourceFaults({
  rpcUrl,
  contract,
  gatewayUrl,
}: Typed): Partial<Record<keyof Typed, SourceFault>> {
  return {
    ...(!isEmptyOrAskable(rpcUrl) && { rpcUrl: 'not_a_url' as const }),
    ...contractFault(contract, rpcUrl),
    ...(!isEmptyOrAskable(gatewayUrl) && { gatewayUrl: 'not_a_url' as const }),
  }
}

function contractFault(contract: string, rpcUrl: string): { contract?: SourceFault } {
  if (contract === '') return rpcUrl === '' ? {} : { contract: 'no_contract' }
  return /^0x[0-9a-f]{40}$/i.test(contract) ? {} : { contract: 'not_a_contract' }
}

/** A browser asks no address with a user name or a password in it. */
function isEmptyOrAskable(text: string): boolean {
  const url = URL.parse(text)
  return text === '' || (/^https?:$/.test(url?.protocol ?? '') && !url?.username && !url?.password)
}
