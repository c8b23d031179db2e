import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Contract, JsonRpcProvider, keccak256, Wallet } from 'ethers'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import artifact from '../../contracts/artifacts/GridwitnessLedger.json' with { type: 'json' }
import { deployLedger, type DeployOptions } from '../../contracts/deploy.ts'
import { startChain, type Chain } from '../../stack/chain/index.ts'

const run = promisify(execFile)
const COMMAND = fileURLToPath(new URL('../../contracts/deploy.ts', import.meta.url))

let chain: Chain
let provider: JsonRpcProvider
let chainDir: string
beforeAll(async () => {
  chainDir = await mkdtemp(join(tmpdir(), 'gridwitness-deploy-chain-'))
  chain = await startChain({ dir: chainDir })
  provider = new JsonRpcProvider(chain.rpcUrl)
})
afterAll(async () => {
  provider.destroy()
  await chain.stop()
  await rm(chainDir, { recursive: true })
})

function account(index: number) {
  const found = chain.accounts[index]
  if (!found) throw new Error(`expected an account ${index}`)
  return found
}

/** Options with a folder of the test's own. */
async function freshOptions(): Promise<DeployOptions & { directory: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'gridwitness-deployments-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  return { rpcUrl: chain.rpcUrl, deployerKey: account(0).privateKey, directory }
}

it('deploys the compiled code, records it, and gives the roles as asked', async () => {
  const options = {
    ...(await freshOptions()),
    owner: account(1).address,
    anchorer: account(2).address,
  }
  const { outcome, deployment, file } = await deployLedger(options)
  expect(outcome).toBe('deployed')
  expect(file).toBe(join(options.directory, '31337.json'))
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(deployment)

  const receipt = await provider.getTransactionReceipt(deployment.transaction)
  const block = await provider.getBlock(deployment.block_number)
  expect(receipt?.contractAddress?.toLowerCase()).toBe(deployment.contract)
  expect(receipt?.blockNumber).toBe(deployment.block_number)
  expect(deployment).toMatchObject({ chain_id: 31337, code_hash: artifact.codeHash })
  expect(Date.parse(deployment.deployed_at)).toBe((block?.timestamp ?? 0) * 1000)
  expect(keccak256(await provider.getCode(deployment.contract))).toBe(artifact.codeHash)

  const ledger = new Contract(deployment.contract, artifact.abi, provider)
  expect(await ledger.getFunction('owner')()).toBe(account(1).address)
  expect(await ledger.getFunction('isAnchorer')(account(2).address)).toBe(true)
  expect(await ledger.getFunction('isAnchorer')(account(0).address)).toBe(false)
})

it('keeps a recorded contract that is alive, and sends nothing', async () => {
  const options = await freshOptions()
  const first = await deployLedger(options)
  const blockNumber = await provider.getBlockNumber()
  expect(await deployLedger({ ...options, replace: true })).toEqual({ ...first, outcome: 'kept' })
  expect(await provider.getBlockNumber()).toBe(blockNumber)
})

it('does not keep a contract silently whose roles are not the ones asked for', async () => {
  const options = await freshOptions()
  await deployLedger(options)
  for (const role of ['owner', 'anchorer']) {
    const asked = deployLedger({ ...options, [role]: account(5).address })
    await expect(asked).rejects.toMatchObject({ code: 'roles_different' })
  }
})

it.each([
  ['is gone', 'contract_absent', `0x${'00'.repeat(19)}99`, '0x'],
  ['has other code', 'contract_different', `0x${'00'.repeat(19)}98`, '0x00'],
])(
  'a recorded contract that %s is replaced only when asked to',
  async (_, code, contract, onChain) => {
    const options = await freshOptions()
    const { deployment, file } = await deployLedger(options)
    await provider.send('anvil_setCode', [contract, onChain])
    const recorded = JSON.stringify({ ...deployment, contract })
    await writeFile(file, recorded)

    await expect(deployLedger(options)).rejects.toMatchObject({
      code,
      message: expect.stringContaining('--replace'),
    })
    expect(await readFile(file, 'utf8')).toBe(recorded)

    const replaced = await deployLedger({ ...options, replace: true })
    expect(replaced.outcome).toBe('replaced')
    expect(keccak256(await provider.getCode(replaced.deployment.contract))).toBe(artifact.codeHash)
  },
)

it('never replaces a ledger on a chain that others rely on', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'gridwitness-other-chain-'))
  const other = await startChain({ dir, chainId: 4242 })
  onTestFinished(async () => {
    await other.stop()
    await rm(dir, { recursive: true })
  })
  const options = { ...(await freshOptions()), rpcUrl: other.rpcUrl, replace: true }
  const { deployment, file } = await deployLedger(options)
  await writeFile(file, JSON.stringify({ ...deployment, contract: `0x${'00'.repeat(19)}99` }))
  await expect(deployLedger(options)).rejects.toMatchObject({ code: 'contract_absent' })
})

it('refuses a deployment file it does not understand, or of another chain', async () => {
  const options = await freshOptions()
  const { deployment, file } = await deployLedger(options)
  for (const text of ['{"chain_id":', '{}', JSON.stringify({ ...deployment, chain_id: 1 })]) {
    await writeFile(file, text)
    await expect(deployLedger(options)).rejects.toMatchObject({ code: 'malformed_deployment_file' })
    expect(await readFile(file, 'utf8')).toBe(text)
  }
})

it('refuses bad options before anything is sent, and never repeats the key', async () => {
  const options = await freshOptions()
  const blockNumber = await provider.getBlockNumber()
  const key = account(0).privateKey.slice(0, -1)
  const refused = deployLedger({ ...options, deployerKey: key })
  await expect(refused).rejects.toMatchObject({ code: 'malformed_option' })
  await expect(refused).rejects.not.toMatchObject({
    message: expect.stringContaining(key.slice(2)),
  })
  await expect(deployLedger({ ...options, owner: '0x12' })).rejects.toMatchObject({
    code: 'malformed_option',
  })
  await expect(deployLedger({ ...options, rpcUrl: 'http://127.0.0.1:1' })).rejects.toMatchObject({
    code: 'chain_unreachable',
  })
  expect(await provider.getBlockNumber()).toBe(blockNumber)
})

it('says in one sentence that the deployer has no ether, and whose account that is', async () => {
  const { address, privateKey } = Wallet.createRandom()
  const poor = deployLedger({ ...(await freshOptions()), deployerKey: privateKey })
  await expect(poor).rejects.toMatchObject({
    code: 'out_of_funds',
    message: `deployer ${address}: expected ether to pay for the deployment, got 0.0 ETH on this chain`,
  })
})

it('is a command that takes the key from the environment', async () => {
  const { directory, rpcUrl, deployerKey } = await freshOptions()
  const deploy = (env: Record<string, string>) =>
    run(process.execPath, [COMMAND, '--rpc', rpcUrl, '--dir', directory], {
      env: { ...process.env, ...env },
    })

  await expect(deploy({})).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('GRIDWITNESS_DEPLOYER_KEY'),
  })
  const first = await deploy({ GRIDWITNESS_DEPLOYER_KEY: deployerKey })
  expect(first.stdout).toMatch(
    /^chain 31337, 0x[0-9a-fA-F]{40}: the ledger was deployed \(.*31337\.json\)\n$/,
  )
  const second = await deploy({ GRIDWITNESS_DEPLOYER_KEY: deployerKey })
  expect(second.stdout).toContain('was kept')
})
