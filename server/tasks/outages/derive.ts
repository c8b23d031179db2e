import { deriveOutages } from '../../services/outage/derive-outages'

export default defineTask({
  meta: {
    name: 'outages:derive',
    description: 'Derives outages from the records they do not follow from yet.',
  },
  run() {
    const { deps, outageLease } = useComposition()
    return runClock('outages:derive', () => deriveOutages(deps, outageLease, stopSignal))
  },
})
