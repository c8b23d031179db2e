import { openPhotoForOfficial } from '../../../../../../services/complaint/official'

export default apiRoute(async (event) => {
  const actor = await requireAccess(event)
  const target = complaintIdOf(event)
  await noteRequest(event, { actor, action: 'complaint_data_read', target })
  const photo = await openPhotoForOfficial(
    useDeps(),
    officialOf(actor),
    target,
    commitmentOf(event),
  )
  setResponseHeader(event, 'content-type', 'image/jpeg')
  return photo
})
