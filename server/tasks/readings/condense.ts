import { condenseReadings } from '../../services/ledger/condense-readings'

export default defineTask({
  meta: {
    name: 'readings:condense',
    description: 'Lets the bytes of old readings out of the database, which IPFS holds.',
  },
  run() {
    const { deps, retentionLease, readingRetentionMs: retentionMs } = useComposition()
    if (retentionMs === null) return { result: null }
    // Where a store is away, or does not hold what it must, nothing is let go of.
    return runClock('readings:condense', () => condenseReadings(deps, retentionLease, retentionMs))
  },
})
