/** What is looked for among the areas, kept in the page's address. */
export function useAreaSearch(): Ref<string> {
  const route = useRoute()
  const router = useRouter()
  const pagePaths = usePagePaths()
  const inAddress = () => (typeof route.query.search === 'string' ? route.query.search : '')
  const search = ref(inAddress())
  watch(search, (value) => void router.replace(pagePaths.areas(value.trim())))
  return search
}
