import { CodedError } from '../../shared/coded-error'
import { measurePortal } from '../services/measure-portal'

export default apiRoute(async (event) => {
  const { deps, config } = useComposition()
  if (!config.NUXT_METRICS_TOKEN)
    throw new CodedError('not_found', 'metrics: off, no NUXT_METRICS_TOKEN is set')
  requireToken(event, config.NUXT_METRICS_TOKEN)
  setResponseHeader(event, 'content-type', METRICS_CONTENT_TYPE)
  setResponseHeader(event, 'cache-control', 'no-store')
  return renderMetrics(await measurePortal(deps))
})
