import { checkReadiness } from '../services/check-readiness'

export default apiRoute(async (event) => {
  const readiness = await checkReadiness(useDeps())
  // Not before the database is as this version needs it, and no more once the process was told to stop.
  const ready = readiness.ready && useComposition().isPrepared() && !stopSignal.aborted
  setResponseStatus(event, ready ? 200 : 503)
  setResponseHeader(event, 'cache-control', 'no-store')
  return { ...readiness, ready }
})
