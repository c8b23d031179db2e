import { listSessions } from '../../../../services/account/end-sessions'

export default apiRoute(async (event) => listSessions(useDeps(), await requireSetUpSession(event)))
