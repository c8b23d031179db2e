import { advanceLedger } from '../../services/ledger/advance-ledger'

export default defineTask({
  meta: {
    name: 'ledger:advance',
    description: 'Seals, publishes, anchors and confirms whatever is due.',
  },
  run() {
    const { deps, lease } = useComposition()
    return runClock('ledger:advance', () => advanceLedger(deps, lease, stopSignal))
  },
})
