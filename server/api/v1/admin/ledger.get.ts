import { describeLedgerForAdmin } from '../../../services/ledger/administer-ledger'

export default apiRoute(async (event) => {
  await requireAccess(event)
  return describeLedgerForAdmin(useDeps())
})
