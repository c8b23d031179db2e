import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import {
  Contract,
  ContractFactory,
  formatEther,
  getAddress,
  isAddress,
  isError,
  JsonRpcProvider,
  keccak256,
  Wallet,
  type ContractTransactionResponse,
} from 'ethers'
import { messageOf } from '../shared/coded-error.ts'
import artifact from './artifacts/GridwitnessLedger.json' with { type: 'json' }
import { DeployError } from './deploy-error.ts'
import type { Deployment } from '../shared/deployment.ts'
import { readDeployment, writeDeployment } from './deployment-file.ts'

const DEPLOYMENTS = fileURLToPath(new URL('deployments/', import.meta.url))
const DEPLOYER_KEY = 'GRIDWITNESS_DEPLOYER_KEY'
/** The one chain whose ledger may be replaced: nobody relies on it. */
const DEV_CHAIN_ID = 31337
const POLLING_INTERVAL_MS = 250

const USAGE = `usage: node contracts/deploy.ts --rpc URL [--anchorer 0x…] [--owner 0x…] [--dir DIR] [--replace]
The deployer's private key comes from the environment variable ${DEPLOYER_KEY}.`

export interface DeployOptions {
  rpcUrl: string
  /** Private key of the account that pays, 32 bytes of `0x` hex. */
  deployerKey: string
  /** Owner of the contract; the deployer when absent. */
  owner?: string
  /** First holder of the anchoring role; the deployer when absent. */
  anchorer?: string
  /** Folder of the deployment files; `contracts/deployments` when absent. */
  directory?: string
  /** On the development chain, deploy anew where the recorded contract is gone or another one. */
  replace?: boolean
}

export interface Deployed {
  outcome: 'deployed' | 'kept' | 'replaced'
  deployment: Deployment
  /** Where the deployment is recorded. */
  file: string
}

/**
 * Deploys the ledger and records it in `<directory>/<chainId>.json`, or keeps the recorded one when its contract is alive
 * with the right code. Returns after the receipt and after the code on chain was compared. Throws `DeployError`.
 */
export async function deployLedger(options: DeployOptions): Promise<Deployed> {
  const provider = new JsonRpcProvider(options.rpcUrl, undefined, {
    pollingInterval: POLLING_INTERVAL_MS,
  })
  try {
    const wallet = walletOf(options.deployerKey, provider)
    const owner = addressOf('owner', options.owner ?? wallet.address)
    const anchorer = addressOf('anchorer', options.anchorer ?? wallet.address)
    const chainId = await chainIdOf(provider, options.rpcUrl)
    const file = resolve(options.directory ?? DEPLOYMENTS, `${chainId}.json`)

    const recorded = await readDeployment(file, chainId)
    if (recorded !== undefined) {
      const difference = await differenceOnChain(provider, recorded)
      if (difference === undefined) {
        await requireRoles(provider, recorded, options)
        return { outcome: 'kept', deployment: recorded, file }
      }
      if (chainId !== DEV_CHAIN_ID || options.replace !== true)
        throw refusal(difference, chainId, file)
    }

    const deployment = await deploy(provider, wallet, chainId, owner, anchorer)
    await writeDeployment(file, deployment)
    return { outcome: recorded === undefined ? 'deployed' : 'replaced', deployment, file }
  } finally {
    provider.destroy()
  }
}

function walletOf(key: string, provider: JsonRpcProvider): Wallet {
  // The cause is left out on purpose: it might quote the key.
  if (!/^0x[0-9a-fA-F]{64}$/.test(key)) {
    throw new DeployError(
      'malformed_option',
      `deployer key: expected 0x and 64 hex digits, got ${key.length} characters`,
    )
  }
  return new Wallet(key, provider)
}

function addressOf(name: string, value: string): string {
  if (!isAddress(value)) {
    throw new DeployError(
      'malformed_option',
      `${name}: expected an address of 0x and 40 hex digits, got "${value}"`,
    )
  }
  return getAddress(value)
}

async function chainIdOf(provider: JsonRpcProvider, rpcUrl: string): Promise<number> {
  try {
    // Asked once; an ordinary call would retry for ever.
    return Number((await provider._detectNetwork()).chainId)
  } catch (cause) {
    throw new DeployError(
      'chain_unreachable',
      `rpc: expected an Ethereum node at ${rpcUrl}, got no answer`,
      { cause },
    )
  }
}

interface Difference {
  code: 'contract_absent' | 'contract_different'
  message: string
}

async function differenceOnChain(
  provider: JsonRpcProvider,
  recorded: Deployment,
): Promise<Difference | undefined> {
  const code = await provider.getCode(recorded.contract)
  if (code === '0x')
    return { code: 'contract_absent', message: `no contract stands at ${recorded.contract}` }
  const codeHash = keccak256(code)
  if (codeHash === artifact.codeHash) return undefined
  const message = `contract ${recorded.contract}: expected code hash ${artifact.codeHash}, got ${codeHash}`
  return { code: 'contract_different', message }
}

function refusal({ code, message }: Difference, chainId: number, file: string): DeployError {
  const advice =
    chainId === DEV_CHAIN_ID
      ? 'give --replace to deploy it anew on this development chain'
      : 'check the node; to begin a new ledger on purpose, move the file away'
  return new DeployError(code, `${file}: ${message}; ${advice}`)
}

/** Only what was asked for by name is compared: the roles may have passed on since the deployment. */
async function requireRoles(
  provider: JsonRpcProvider,
  recorded: Deployment,
  options: DeployOptions,
): Promise<void> {
  const ledger = new Contract(recorded.contract, artifact.abi, provider)
  if (options.owner !== undefined) {
    const owner: unknown = await ledger.getFunction('owner')()
    if (owner !== getAddress(options.owner)) {
      throw new DeployError(
        'roles_different',
        `${recorded.contract}: expected owner ${options.owner}, got ${String(owner)}`,
      )
    }
  }
  if (options.anchorer !== undefined) {
    const granted: unknown = await ledger.getFunction('isAnchorer')(options.anchorer)
    if (granted !== true) {
      const advice = 'the owner gives the role with grantAnchoring'
      throw new DeployError(
        'roles_different',
        `${recorded.contract}: ${options.anchorer} may not anchor; ${advice}`,
      )
    }
  }
}

async function deploy(
  provider: JsonRpcProvider,
  wallet: Wallet,
  chainId: number,
  owner: string,
  anchorer: string,
): Promise<Deployment> {
  const factory = new ContractFactory(artifact.abi, artifact.bytecode, wallet)
  const sent = await sentBy(wallet, () => factory.deploy(owner, anchorer))
  const receipt = await sent?.wait()
  const block = await receipt?.getBlock()
  if (!receipt?.contractAddress || !block) {
    throw new DeployError(
      'deployment_failed',
      `transaction ${sent?.hash}: expected a receipt with a contract, got none`,
    )
  }
  const deployment = {
    chain_id: chainId,
    contract: receipt.contractAddress.toLowerCase(),
    transaction: receipt.hash,
    block_number: receipt.blockNumber,
    code_hash: artifact.codeHash,
    deployed_at: new Date(block.timestamp * 1000).toISOString(),
  }
  const difference = await differenceOnChain(provider, deployment)
  if (difference !== undefined) throw new DeployError('deployment_failed', difference.message)
  return deployment
}

/** Sends the deployment. What ethers says when it fails holds the whole code of the contract: its short words are told alone. */
async function sentBy(
  wallet: Wallet,
  send: () => ReturnType<ContractFactory['deploy']>,
): Promise<ContractTransactionResponse | null> {
  try {
    return (await send()).deploymentTransaction()
  } catch (cause) {
    if (
      isError(cause, 'INSUFFICIENT_FUNDS') ||
      /insufficient (?:funds|balance)/i.test(messageOf(cause))
    ) {
      const balance = await wallet.provider?.getBalance(wallet.address)
      throw new DeployError(
        'out_of_funds',
        `deployer ${wallet.address}: expected ether to pay for the deployment, got ${formatEther(balance ?? 0n)} ETH on this chain`,
        { cause },
      )
    }
    const words = cause instanceof Error && 'shortMessage' in cause ? cause.shortMessage : cause
    throw new DeployError(
      'deployment_failed',
      `the node did not take the deployment: ${typeof words === 'string' ? words : messageOf(words)}`,
      { cause },
    )
  }
}

const SENTENCES = {
  deployed: 'the ledger was deployed',
  kept: 'the recorded ledger is alive with the right code and was kept',
  replaced: 'the recorded ledger was gone or another one; a new one was deployed in its place',
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rpc: { type: 'string' },
      anchorer: { type: 'string' },
      owner: { type: 'string' },
      dir: { type: 'string' },
      replace: { type: 'boolean', default: false },
    },
  })
  const deployerKey = process.env[DEPLOYER_KEY]
  if (values.rpc === undefined)
    throw new DeployError('malformed_option', `--rpc: expected a URL, got none\n${USAGE}`)
  if (deployerKey === undefined) {
    throw new DeployError(
      'malformed_option',
      `${DEPLOYER_KEY}: expected a private key, got none\n${USAGE}`,
    )
  }
  const { rpc: rpcUrl, owner, anchorer, dir: directory, replace } = values
  const { outcome, deployment, file } = await deployLedger({
    rpcUrl,
    deployerKey,
    owner,
    anchorer,
    directory,
    replace,
  })
  process.stdout.write(
    `chain ${deployment.chain_id}, ${deployment.contract}: ${SENTENCES[outcome]} (${file})\n`,
  )
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`)
    process.exitCode = 1
  })
}
