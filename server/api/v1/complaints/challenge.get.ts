import { newChallenge } from '../../../services/complaint-challenge'

export default apiRoute((event) => {
  countComplaint(event)
  setResponseHeader(event, 'cache-control', 'no-store')
  return newChallenge(useDeps())
})
