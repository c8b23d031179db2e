import { verifyActionLog } from '../../../../services/read-action-log'

export default apiRoute(async (event) => {
  await requireAccess(event)
  return verifyActionLog(useDeps())
})
