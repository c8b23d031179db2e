import { Contract, Interface, JsonRpcProvider } from 'ethers'
import { expect } from 'vitest'
import artifact from '../../../contracts/artifacts/GridwitnessLedger.json' with { type: 'json' }
import { areaIdBytes32 } from '../../../shared/area.ts'
import { readBatchFile } from '../../../shared/batch/index.ts'
import { toHex } from '../../../shared/bytes.ts'
import type { Stack } from '../../../stack/start.ts'

/** Every leaf of an area's anchored batches, by the files behind the CIDs that the contract's events name. */
export async function leavesOnChain(
  stack: Pick<Stack, 'rpcUrl' | 'contract'>,
  url: string,
  areaId: string,
): Promise<string[]> {
  const provider = new JsonRpcProvider(stack.rpcUrl, undefined, { cacheTimeout: -1 })
  try {
    const contract = new Contract(stack.contract, artifact.abi, provider)
    const logs = await contract.queryFilter(
      contract.getEvent('BatchAnchored')(areaIdBytes32(areaId)),
    )
    const events = new Interface(artifact.abi)
    const numbers = logs.map((log) => Number(events.parseLog(log)?.args.number))
    expect(numbers).toEqual(numbers.map((_, index) => index + 1))
    const leaves: string[] = []
    for (const [index, log] of logs.entries()) {
      const file = await fetch(`${url}/api/v1/batches/${areaId}/${index + 1}/file`)
      if (!file.body) throw new Error(`expected the file of batch ${index + 1}`)
      const { root } = await readBatchFile(file.body, ({ leafHash }) => {
        leaves.push(toHex(leafHash))
      })
      expect(`0x${root}`).toBe(events.parseLog(log)?.args.root)
    }
    return leaves
  } finally {
    provider.destroy()
  }
}
