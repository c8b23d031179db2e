import { setTimeout } from 'node:timers/promises'
import { CodedError } from '../../shared/coded-error'
import { measurePortal, type PortalMeasures } from '../services/measure-portal'
import type { Deps } from '../services/deps'

/** Prometheus waits ten seconds for an answer unless told otherwise. */
const MEASURE_AT_MOST_MS = 8_000
const STORE_AWAY = 503

export default apiRoute(async (event) => {
  const { deps, config } = useComposition()
  if (!config.NUXT_METRICS_TOKEN)
    throw new CodedError('not_found', 'metrics: off, no NUXT_METRICS_TOKEN is set')
  requireToken(event, config.NUXT_METRICS_TOKEN)
  setResponseHeader(event, 'content-type', METRICS_CONTENT_TYPE)
  setResponseHeader(event, 'cache-control', 'no-store')
  return renderMetrics(await measuresInTime(deps))
})

/** Null while the database is away or hangs: what the process counts must be heard then too. */
async function measuresInTime(deps: Deps): Promise<PortalMeasures | null> {
  const measured = measurePortal(deps).catch((error: unknown) => {
    if (problemOf(error).status === STORE_AWAY) return null
    throw error
  })
  const given = new AbortController()
  const tooLate = setTimeout(MEASURE_AT_MOST_MS, null, { signal: given.signal }).catch(() => null)
  try {
    return await Promise.race([measured, tooLate])
  } finally {
    given.abort()
  }
}
