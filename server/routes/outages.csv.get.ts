import { outagesFileQuery } from '../../shared/api/outages'
import { outagesAsCsv } from '../services/outage/outage-downloads'

export default apiRoute((event) => {
  const file = outagesAsCsv(useDeps(), queryOf(event, outagesFileQuery))
  licenceFeed(event, 'outages.csv')
  return sendBytes(event, file, { type: 'text/csv; charset=utf-8', isImmutable: false })
})
