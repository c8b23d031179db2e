import { messageOf } from '../../../shared/coded-error'
import { tellSubscribers } from '../../services/push/tell'

export default defineTask({
  meta: { name: 'outages:tell', description: 'Tells subscribers of outages in their areas.' },
  async run() {
    const { deps, push, pushLease } = useComposition()
    const { timeZone } = useRuntimeConfig().public
    try {
      const telling = push && { push, lease: pushLease, timeZone }
      return { result: { delivered: telling && (await tellSubscribers(deps, telling)) } }
    } catch (error) {
      // The database is away: the next run tries again.
      console.error(`outages:tell: ${messageOf(error)}`)
      return { result: { delivered: null } }
    }
  },
})
