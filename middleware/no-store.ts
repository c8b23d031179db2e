/** What a page shows depends on who asks: no cache between keeps it. */
export default defineNuxtRouteMiddleware(() => {
  useResponseHeader('cache-control').value = 'no-store'
})
