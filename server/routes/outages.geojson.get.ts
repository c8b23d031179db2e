import { outagesFileQuery } from '../../shared/api/outages'
import { outagesAsGeojson } from '../services/outage/outage-downloads'

export default apiRoute((event) => {
  const file = outagesAsGeojson(useDeps(), queryOf(event, outagesFileQuery))
  licenceFeed(event, 'outages.geojson')
  return sendBytes(event, file, { type: 'application/geo+json', isImmutable: false })
})
