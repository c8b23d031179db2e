import type { Batch, Ledger } from '../shared/api/ledger.ts'

/** Stands where a reader puts in their own Ethereum node or area. */
export const NODE_PLACEHOLDER = 'NODE-URL'
export const AREA_PLACEHOLDER = 'AREA'

/** The area whose batch is the latest; null while there is none. */
async function latestArea(): Promise<string | null> {
  const { items } = await ask<{ items: Batch[] }>(apiPaths.batches({ limit: 1 }))
  return items[0]?.area_id ?? null
}

/** Commands of `gridwitness` by which a reader checks this very portal, ready to paste. */
export async function useCheckCommands() {
  const origin = usePortalOrigin()
  const [{ ledger }, { data: area }] = await Promise.all([
    useLedger(),
    useAsyncData('check-area', latestArea),
  ])
  const areaId = computed(() => area.value ?? AREA_PLACEHOLDER)
  const commands = computed(() => {
    const sources = sourcesOf(ledger.value, origin)
    const audit = `gridwitness audit --area ${areaId.value} ${sources}`
    return {
      audit,
      mirror: `gridwitness mirror --dir ledger-copy ${sources}`,
      receipt: `gridwitness receipt receipt.json --portal ${origin}`,
      compare: `${audit} --compare ${origin}`,
      file: `curl '${origin}${apiPaths.batchFile(areaId.value, 1)}'`,
      areas: `curl '${origin}${apiPaths.areas()}'`,
    }
  })
  return { commands, origin, hasNode: computed(() => ledger.value?.rpc_url != null) }
}

const sourcesOf = (ledger: Ledger | null, origin: string): string =>
  [
    `--rpc ${ledger?.rpc_url ?? NODE_PLACEHOLDER}`,
    `--ipfs ${ledger?.gateway_url ?? origin}`,
    ...(ledger ? [`--contract ${ledger.contract}`] : []),
  ].join(' ')
