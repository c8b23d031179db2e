/** The pages' addresses in the language of the page: what every link leads to. */
export function usePagePaths(): ReturnType<typeof pagePathsIn> {
  const local = useLocalePath()
  return pagePathsIn((path) => local(path))
}
