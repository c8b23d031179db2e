/** Leaf hash given as `?leaf=` in the page's address; null where none is. */
export function useLeafInAddress(): Readonly<Ref<string | null>> {
  const route = useRoute()
  return computed(() => {
    const { leaf } = route.query
    return typeof leaf === 'string' && leaf !== '' ? leaf : null
  })
}
