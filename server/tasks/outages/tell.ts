import { tellSubscribers } from '../../services/push/tell'

export default defineTask({
  meta: { name: 'outages:tell', description: 'Tells subscribers of outages in their areas.' },
  run() {
    const { deps, push, pushLease } = useComposition()
    const { timeZone } = useRuntimeConfig().public
    const telling = push && { push, lease: pushLease, timeZone }
    return runClock('outages:tell', async () => telling && tellSubscribers(deps, telling))
  },
})
