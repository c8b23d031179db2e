import { CodedError, messageOf } from '../../shared/coded-error.ts'

/**
 * `chain_unavailable`: try again later. `wrong_chain`, `not_our_contract`: the node or the address is not what was
 * configured; nothing may be sent. `refused`: the contract would refuse the call.
 */
export type EthereumErrorCode = 'chain_unavailable' | 'wrong_chain' | 'not_our_contract' | 'refused'

const REQUEST_TIMEOUT_MS = 15_000

/** Asks a node, for 15 s at most. Throws `refused` where the contract reverts, else `chain_unavailable`. */
export async function ask<T>(what: string, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`no answer within ${REQUEST_TIMEOUT_MS} ms`)),
      REQUEST_TIMEOUT_MS,
    )
  })
  try {
    return await Promise.race([work(), late])
  } catch (cause) {
    const code = isRevert(cause) ? 'refused' : 'chain_unavailable'
    throw new CodedError<EthereumErrorCode>(
      code,
      `Ethereum: ${what} failed: ${shortMessageOf(cause)}`,
      { cause },
    )
  } finally {
    clearTimeout(timer)
  }
}

/** What the node answered, or ethers says in short: its long message holds the node's URL, and with it often a secret. */
function shortMessageOf(error: unknown): string {
  if (!(error instanceof Error)) return messageOf(error)
  if ('error' in error && error.error instanceof Object && 'message' in error.error)
    return String(error.error.message)
  return 'shortMessage' in error ? String(error.shortMessage) : error.message
}

const isRevert = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'CALL_EXCEPTION'
