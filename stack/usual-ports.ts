import { usualPort } from './ports.ts'

/** Those of Kubo and of most Ethereum development chains. */
const IPFS_PORT = 5001
const CHAIN_PORT = 8545

/** The ports a person meets at every start, as far as they are free. */
export const usualPorts = async (): Promise<{ ipfs: number; chain: number }> => ({
  ipfs: await usualPort(IPFS_PORT),
  chain: await usualPort(CHAIN_PORT),
})
