import { z } from 'zod'

const answer = z.union([
  z.object({ result: z.unknown().refine((result) => result !== undefined) }),
  z.object({ error: z.object({ code: z.number(), message: z.string() }) }),
])

/** One JSON-RPC call. Throws when the node cannot be reached in time or answers with an error. */
export async function callRpc(
  url: string,
  method: string,
  parameters: unknown[],
  timeoutMs: number,
): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: parameters }),
    signal: AbortSignal.timeout(timeoutMs),
  })
  const parsed = answer.parse(await response.json())
  if ('error' in parsed)
    throw new Error(
      `${method}: expected a result, got "${parsed.error.message}" (${parsed.error.code})`,
    )
  return parsed.result
}
