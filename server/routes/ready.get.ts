import { checkReadiness } from '../services/check-readiness'

export default apiRoute(async (event) => {
  const readiness = await checkReadiness(useDeps())
  setResponseStatus(event, readiness.ready ? 200 : 503)
  setResponseHeader(event, 'cache-control', 'no-store')
  return readiness
})
