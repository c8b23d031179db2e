import type { H3Event } from 'h3'

/** Address a request came from: the socket's, or what the outermost of the operator's own proxies saw. */
export function clientAddress(event: H3Event): string | null {
  const { NUXT_PROXY_HOPS: hops } = useComposition().config
  const forwarded = getRequestHeader(event, 'x-forwarded-for')?.split(',') ?? []
  // Each proxy adds whom it heard from at the end; what stands before that, anybody may have written.
  const told = hops === 0 ? undefined : forwarded.at(-hops)?.trim()
  return told ?? event.node.req.socket.remoteAddress ?? null
}
