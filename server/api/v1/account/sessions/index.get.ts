import { listSessions } from '../../../../services/end-sessions'

export default apiRoute(async (event) => listSessions(useDeps(), await requireSetUpSession(event)))
