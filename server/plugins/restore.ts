import { setTimeout } from 'node:timers/promises'
import { rebuildOutages } from '../services/outage/rebuild-outages'
import { restoreLedger } from '../services/restore/restore-ledger'

const TRY_AGAIN_MS = 2_000

/** While the portal restores, it does little else: it goes on until all is here, and says how far it is. */
export default defineNitroPlugin(() => {
  const { deps, restoreSource: source, isPrepared } = useComposition()
  if (!source) return
  const restored = (area: string, number: number, records: number) =>
    log('info', 'batch restored', { area, number, records })

  /** What a backup holds of outages may be of another moment than its records. */
  const begin = (): Promise<boolean> =>
    rebuildOutages(deps).then(
      () => true,
      () => false,
    )

  /** Answers whether nothing is left to restore. */
  const round = async (): Promise<boolean> => {
    try {
      const { unknownAreas } = await restoreLedger(deps, source, { restored })
      if (unknownAreas.length > 0)
        log('warn', 'areas to be put before their batches can be restored', { areas: unknownAreas })
      return unknownAreas.length === 0
    } catch (error) {
      log('error', 'restore failed; it goes on in a moment', errorFields(error))
      return false
    }
  }

  async function untilWhole(): Promise<void> {
    let isBegun = false
    while (!stopSignal.aborted) {
      isBegun ||= isPrepared() && (await begin())
      if (isBegun && (await round()))
        return log('info', 'the ledger is restored; start again without NUXT_RESTORE_FROM')
      await setTimeout(TRY_AGAIN_MS, null, { ref: false })
    }
  }
  void untilWhole()
})
