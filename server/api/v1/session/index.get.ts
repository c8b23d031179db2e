import { describeWho } from '../../../services/account/describe-account'

export default apiRoute(async (event) => describeWho(await sessionOf(event)))
