import { listFailures } from '../../../services/list-failures'

export default apiRoute(async (event) => {
  await requireAccess(event)
  return listFailures(useDeps())
})
