import { askForRebuild } from '../../../../services/outage/rebuild-outages'

export default apiRoute(async (event) => {
  const actor = await requireAccess(event)
  await noteRequest(event, { actor, action: 'outages_rebuild_asked' })
  const answer = await askForRebuild(useDeps())
  setResponseStatus(event, 202)
  return answer
})
