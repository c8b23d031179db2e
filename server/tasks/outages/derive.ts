import { messageOf } from '../../../shared/coded-error'
import { deriveOutages } from '../../services/outage/derive-outages'

export default defineTask({
  meta: {
    name: 'outages:derive',
    description: 'Derives outages from the records they do not follow from yet.',
  },
  async run() {
    const { deps, outageLease } = useComposition()
    try {
      return { result: { derived: await deriveOutages(deps, outageLease) } }
    } catch (error) {
      // The database is away: the next run tries again.
      console.error(`outages:derive: ${messageOf(error)}`)
      return { result: { derived: null } }
    }
  },
})
