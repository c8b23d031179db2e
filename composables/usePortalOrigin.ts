/** Scheme and host under which this portal is known, without a slash at the end. */
export function usePortalOrigin(): string {
  const { siteUrl } = useRuntimeConfig().public
  return (siteUrl || useRequestURL().origin).replace(/\/+$/, '')
}
