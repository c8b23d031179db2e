import { CodedError } from '../../../shared/coded-error'
import { securityText } from '../../services/feeds/security-text'

/** Where to report a weakness of the portal, RFC 9116; only where the operator can be reached. */
export default apiRoute((event) => {
  const { contact, siteUrl } = useRuntimeConfig(event).public
  const text = securityText(useDeps(), { contact, origin: siteUrl ? originOf(event).origin : null })
  if (text === null)
    throw new CodedError('not_found', 'contact: none is set by which the operator is reached')
  setResponseHeader(event, 'content-type', 'text/plain; charset=utf-8')
  return isUnchanged(event, text) ? null : text
})
