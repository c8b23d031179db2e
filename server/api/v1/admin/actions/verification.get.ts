import { verifyActionLog } from '../../../../services/account/read-action-log'

export default apiRoute(async (event) => {
  await requireAccess(event)
  return verifyActionLog(useDeps())
})
