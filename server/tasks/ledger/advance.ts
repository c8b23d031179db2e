import { messageOf } from '../../../shared/coded-error'
import { advanceLedger } from '../../services/ledger/advance-ledger'

export default defineTask({
  meta: {
    name: 'ledger:advance',
    description: 'Seals, publishes, anchors and confirms whatever is due.',
  },
  async run() {
    const { deps, lease } = useComposition()
    try {
      return { result: { advanced: await advanceLedger(deps, lease) } }
    } catch (error) {
      // The database is away: the next run tries again.
      console.error(`ledger:advance: ${messageOf(error)}`)
      return { result: { advanced: false } }
    }
  },
})
