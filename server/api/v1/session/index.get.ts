import { describeWho } from '../../../services/describe-account'

export default apiRoute(async (event) => describeWho(await sessionOf(event)))
