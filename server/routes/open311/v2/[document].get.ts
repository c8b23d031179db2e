import { open311RequestsQuery } from '../../../../shared/api/open311'
import type { GeoReport } from '../../../utils/georeport'
import { open311Requests } from '../../../services/complaint/open311-requests'
import { open311Services } from '../../../services/complaint/open311-services'

const CHANGESET = '2026-11-21T00:00:00Z'

export default open311Route(async (event, name) => {
  switch (name) {
    case 'discovery':
      return discovery(originOf(event).origin)
    case 'services':
      return { root: 'services', item: 'service', value: open311Services() }
    case 'requests': {
      const value = await open311Requests(useDeps(), queryOf(event, open311RequestsQuery))
      return { root: 'service_requests', item: 'request', value }
    }
    default:
      throw noSuchDocument(event)
  }
})

function discovery(origin: string): GeoReport {
  const head = {
    changeset: CHANGESET,
    contact: new URL('/complaints', origin).href,
    key_service: 'Ask the operator for an api_key, or send a solved challenge as altcha.',
  }
  const endpoint = {
    specification: 'http://wiki.open311.org/GeoReport_v2',
    url: new URL('/open311/v2', origin).href,
    changeset: CHANGESET,
    type: 'production',
  }
  const formats = ['text/xml', 'application/json']
  return {
    root: 'discovery',
    item: null,
    value: { ...head, endpoints: [{ ...endpoint, formats }] },
    xml: { ...head, endpoints: { endpoint: { ...endpoint, formats: { format: formats } } } },
  }
}
