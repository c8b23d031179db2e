import { describeLedger } from '../../../services/ledger/describe-ledger'

export default apiRoute((event) => {
  const { deps, config } = useComposition()
  return describeLedger(deps, {
    rpcUrl: config.NUXT_PUBLIC_RPC_URL ?? null,
    gatewayUrl: config.NUXT_PUBLIC_GATEWAY_URL ?? originOf(event).origin,
    otherGatewayUrls: config.NUXT_OTHER_GATEWAY_URLS ?? [],
    explorerUrl: config.NUXT_EXPLORER_URL ?? null,
  })
})
