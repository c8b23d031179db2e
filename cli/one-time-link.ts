import { oneTimeLinkSchema } from '../shared/api/accounts.ts'
import { askPortalFor, type PortalRequest } from './portal.ts'

/**
 * Asks the portal for a one-time link, of `page`. The link is on the address that was asked: behind a proxy the portal may know
 * itself by another. Throws as `askPortalFor`.
 */
export async function oneTimeLink(
  page: 'invitation' | 'reset',
  request: Omit<PortalRequest, 'method'>,
): Promise<{ link: string; expiresAt: string }> {
  const { portalUrl } = request
  const made = await askPortalFor(oneTimeLinkSchema, { ...request, method: 'POST' })
  const base = portalUrl.endsWith('/') ? portalUrl : `${portalUrl}/`
  return { link: new URL(`${page}/${made.token}`, base).href, expiresAt: made.expires_at }
}
