import { pushRequestSchema } from '../../../../../shared/api/push'
import { subscribe } from '../../../../services/push/subscribe'

export default apiRoute(async (event) => {
  requireOwnOrigin(event)
  const push = usePushSender()
  const request = await smallBodyOf(event, pushRequestSchema)
  await countSubscription(event)
  const subscribed = await subscribe(useDeps(), push, request)
  setResponseStatus(event, 201)
  return subscribed
})
