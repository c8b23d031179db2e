import { startChain, type Chain } from '../../../../stack/chain/index.ts'
import { serveParent } from '../../../../stack/process.ts'

/** A process that runs a chain, like the stack does. */
serveParent<{ dir: string }, Pick<Chain, 'rpcUrl' | 'pid' | 'anvilPid'>>(async (options) => {
  const { rpcUrl, pid, anvilPid, stop } = await startChain(options)
  return { ready: { rpcUrl, pid, anvilPid }, stop }
})
