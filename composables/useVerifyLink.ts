/** The record a verification is about, and the link under which others can check it; null until its hash is proved. */
export function useVerifyLink(verification: () => Verification) {
  const pagePaths = usePagePaths()
  const { siteUrl } = useRuntimeConfig().public
  const origin = (siteUrl || useRequestURL().origin).replace(/\/+$/, '')
  const leafHash = computed(() => {
    const named = verification().evidence.find(({ step }) => step === 'record_hash')
    const hash = named?.facts['leaf_hash']
    return typeof hash === 'string' ? hash : null
  })
  const link = computed(() =>
    leafHash.value ? `${origin}${pagePaths.verify(leafHash.value)}` : null,
  )
  return { leafHash, link }
}
