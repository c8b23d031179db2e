export default apiRoute((event) => {
  requireAdmin(event)
  setResponseHeader(event, 'cache-control', 'no-store')
  return { items: useComposition().refusals.list() }
})
