import { deriveOutages } from '../../services/outage/derive-outages'
import { mayWait } from '../../services/outage/known-until'

export default defineTask({
  meta: {
    name: 'outages:derive',
    description: 'Derives outages from the records they do not follow from yet.',
  },
  run() {
    const { deps, outageLease } = useComposition()
    return runClock('outages:derive', async () => {
      // Whoever waits for an answer comes first, for a while.
      if ((await isBusy()) && (await mayWait(deps))) return 0
      return deriveOutages(deps, outageLease, stopSignal)
    })
  },
})
