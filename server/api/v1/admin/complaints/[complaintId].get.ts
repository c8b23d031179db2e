import { describeForOfficial } from '../../../../services/complaint/official'

export default apiRoute(async (event) => {
  const actor = await requireAccess(event)
  const target = complaintIdOf(event)
  await noteRequest(event, { actor, action: 'complaint_data_read', target })
  return describeForOfficial(useDeps(), officialOf(actor), target)
})
