import { unreportedOutages } from '../../../../services/complaint/unreported-outages'

export default apiRoute(async (event) => {
  const actor = await requireAccess(event)
  return { items: await unreportedOutages(useDeps(), officialOf(actor).areas) }
})
