import { describeLedgerForAdmin } from '../../../services/administer-ledger'

export default apiRoute(async (event) => {
  await requireAccess(event)
  return describeLedgerForAdmin(useDeps())
})
