import { serviceCodeField } from '../../../../../shared/api/open311'
import { CodedError } from '../../../../../shared/coded-error'
import { complaintIdField } from '../../../../../shared/complaint'
import { parseAs } from '../../../../../shared/parse'
import { open311Request } from '../../../../services/complaint/open311-requests'

export default open311Route(async (event, name) => {
  switch (getRouterParam(event, 'collection')) {
    case 'services': {
      const code = serviceCodeField.safeParse(name)
      if (!code.success)
        throw new CodedError('not_found', `service_code: expected a known one, got ${name}`)
      const head = { service_code: code.data }
      return {
        root: 'service_definition',
        item: null,
        value: { ...head, attributes: [] },
        xml: { ...head, attributes: {} },
      }
    }
    case 'requests': {
      const value = await open311Request(useDeps(), parseAs(complaintIdField, name, 'id'))
      return { root: 'service_requests', item: 'request', value }
    }
    case 'tokens': {
      const id = parseAs(complaintIdField, name, 'token_id')
      await open311Request(useDeps(), id)
      const value = [{ service_request_id: id, token: id }]
      return { root: 'service_requests', item: 'request', value }
    }
    default:
      throw noSuchDocument(event)
  }
})
