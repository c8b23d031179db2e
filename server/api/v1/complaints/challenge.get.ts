import { newChallenge } from '../../../services/complaint/complaint-challenge'

export default apiRoute(async (event) => {
  await countComplaint(event)
  setResponseHeader(event, 'cache-control', 'no-store')
  return newChallenge(useDeps())
})
