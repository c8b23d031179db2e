import { join } from 'node:path'
import { deployLedger } from '../contracts/deploy.ts'
import { startChain } from './chain/index.ts'
import { startIpfs } from './ipfs/index.ts'
import { startMongo } from './mongodb/index.ts'
import { startBroker } from './mqtt/index.ts'

export interface StackOptions {
  /** Folder that keeps everything; starting again in it continues where it stopped. */
  dir: string
  ports?: { ipfs?: number; chain?: number }
  /** An MQTT broker too, on this port or a free one. */
  mqtt?: { port?: number }
  /** Seconds between blocks; a block per transaction when absent. */
  blockTimeSeconds?: number
  chainId?: number
}

export interface Stack {
  mongodbUri: string
  ipfsUrl: string
  /** Null where no broker was asked for. */
  mqttUrl: string | null
  rpcUrl: string
  chainId: number
  contract: string
  /** Folder of the deployment file. */
  deploymentsDir: string
  /** Private key of the account that may anchor; a well-known development key. */
  anchoringKey: string
  /** Private key of the contract's owner; likewise. */
  ownerKey: string
  stop(): Promise<void>
}

interface Part {
  stop(): Promise<void>
}

/**
 * Starts what a laptop needs in place of servers: MongoDB (or `NUXT_MONGODB_URI`), an IPFS store and an Ethereum
 * development chain with the contract deployed. All of it, or nothing: what was started is stopped when a later part fails.
 */
export async function startStack({
  dir,
  ports = {},
  mqtt,
  blockTimeSeconds,
  chainId,
}: StackOptions): Promise<Stack> {
  const parts: Part[] = []
  const started = async <P extends Part>(part: Promise<P>): Promise<P> => {
    parts.push(await part)
    return part
  }
  const stop = async () => {
    for (const part of parts.splice(0).toReversed()) await part.stop()
  }
  try {
    const [chain, ipfs, mqttUrl, mongodbUri] = await Promise.all([
      started(
        startChain({ dir: join(dir, 'chain'), port: ports.chain, blockTimeSeconds, chainId }),
      ),
      started(
        startIpfs({
          dir: join(dir, 'ipfs'),
          ...(ports.ipfs !== undefined && { port: ports.ipfs }),
        }),
      ),
      mqtt ? started(startBroker(mqtt)).then(({ url }) => url) : null,
      process.env.NUXT_MONGODB_URI ??
        started(startMongo({ dir: join(dir, 'mongodb') })).then(({ uri }) => uri),
    ])
    const [owner, anchorer] = chain.accounts
    if (!owner || !anchorer) throw new Error('chain: expected two development accounts')
    const deploymentsDir = join(dir, 'deployments')
    const { deployment } = await deployLedger({
      rpcUrl: chain.rpcUrl,
      deployerKey: owner.privateKey,
      anchorer: anchorer.address,
      directory: deploymentsDir,
    })
    return {
      mongodbUri,
      ipfsUrl: ipfs.apiUrl,
      mqttUrl,
      rpcUrl: chain.rpcUrl,
      chainId: chain.chainId,
      contract: deployment.contract,
      deploymentsDir,
      anchoringKey: anchorer.privateKey,
      ownerKey: owner.privateKey,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
