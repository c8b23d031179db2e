import { listFailures } from '../../../services/list-failures'

export default apiRoute((event) => {
  requireAdmin(event)
  setResponseHeader(event, 'cache-control', 'no-store')
  return listFailures(useDeps())
})
