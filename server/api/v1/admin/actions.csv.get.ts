import { actionLogCsv } from '../../../services/account/read-action-log'

export default apiRoute(async (event) => {
  const actor = await requireAccess(event)
  await noteRequest(event, { actor, action: 'action_log_exported' })
  setResponseHeaders(event, {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': 'attachment; filename="action-log.csv"',
  })
  return actionLogCsv(useDeps())
})
