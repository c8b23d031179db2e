export default apiRoute(async (event) => {
  await requireAccess(event)
  return { items: useComposition().refusals.list() }
})
