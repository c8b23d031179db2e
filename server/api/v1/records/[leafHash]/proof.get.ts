import { hashField } from '../../../../../shared/fields'
import { proofFileName } from '../../../../../shared/proof'
import { buildProof } from '../../../../services/ledger/build-proof'

export default apiRoute(async (event) => {
  const leafHash = paramOf(event, 'leafHash', hashField)
  const bundle = await buildProof(useDeps(), leafHash)
  setResponseHeader(
    event,
    'content-disposition',
    `attachment; filename="${proofFileName(leafHash)}"`,
  )
  return bundle
})
