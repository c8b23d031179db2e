import { messageOf } from '../../../shared/coded-error'
import { condenseReadings } from '../../services/ledger/condense-readings'

export default defineTask({
  meta: {
    name: 'readings:condense',
    description: 'Lets the bytes of old readings out of the database, which IPFS holds.',
  },
  async run() {
    const { deps, retentionLease, readingRetentionMs } = useComposition()
    if (readingRetentionMs === null) return { result: { condensed: null } }
    try {
      return {
        result: { condensed: await condenseReadings(deps, retentionLease, readingRetentionMs) },
      }
    } catch (error) {
      // A store is away, or does not hold what it must: nothing is let go of, and the next run tries again.
      console.error(`readings:condense: ${messageOf(error)}`)
      return { result: { condensed: null } }
    }
  },
})
