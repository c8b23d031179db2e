const API = '/api/v1'

/** Addresses of the calls by which people sign in, keep their account and run the portal. */
export const accountApi = {
  session: () => `${API}/session`,
  secondFactor: () => `${API}/session/second-factor`,
  password: () => `${API}/account/password`,
  totp: () => `${API}/account/totp`,
  totpConfirmation: () => `${API}/account/totp/confirmation`,
  totpRemoval: () => `${API}/account/totp/removal`,
  recoveryCodes: () => `${API}/account/recovery-codes`,
  sessions: () => `${API}/account/sessions`,
  ownSession: (id: string) => `${API}/account/sessions/${encodeURIComponent(id)}`,
  invitation: (token: string) => `${API}/invitations/${encodeURIComponent(token)}`,
  openInvitation: (accountId: string) =>
    `${API}/admin/invitations/${encodeURIComponent(accountId)}`,
  reset: (token: string) => `${API}/resets/${encodeURIComponent(token)}`,
  resets: () => `${API}/admin/resets`,
  people: (cursor?: string) =>
    `${API}/admin/people${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''}`,
  person: (id: string) => `${API}/admin/people/${encodeURIComponent(id)}`,
  actions: (cursor?: string) =>
    `${API}/admin/actions?limit=50${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`,
  actionsCsv: () => `${API}/admin/actions.csv`,
  actionsVerification: () => `${API}/admin/actions/verification`,
}

/** Pages of people who sign in, in the language of the page. */
export function useAccountPages() {
  const local = useLocalePath()
  return {
    signIn: (to?: string) => local({ path: '/sign-in', query: to === undefined ? {} : { to } }),
    account: () => local('/account'),
    admin: () => local('/admin'),
    people: () => local('/admin/people'),
    actions: () => local('/admin/actions'),
    devices: () => local('/admin/devices'),
    device: (id: string) => local(`/admin/devices/${encodeURIComponent(id)}`),
    enrol: () => local('/admin/devices/enrol'),
    areas: () => local('/admin/areas'),
    batches: () => local('/admin/batches'),
    ledger: () => local('/admin/ledger'),
    desk: (complaintId?: string) =>
      local(`/admin/complaints${complaintId ? `/${encodeURIComponent(complaintId)}` : ''}`),
  }
}
