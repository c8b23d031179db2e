/**
 * Leads who is not signed in to the sign-in page, before anything is rendered, and back here afterwards; who still has to set up
 * a second factor to their account.
 */
export default defineNuxtRouteMiddleware(async (to) => {
  const { refresh } = useWho()
  const pages = useAccountPages()
  useResponseHeader('cache-control').value = 'no-store'
  const { state } = await refresh()
  if (state === 'signed_out' || state === 'second_factor')
    return navigateTo(pages.signIn(to.fullPath))
  if (state === 'set_up' && to.path !== pages.account()) return navigateTo(pages.account())
})
