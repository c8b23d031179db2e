import { z } from 'zod'
import { hex32Field, integerField, serverTimeField } from './fields.ts'
import { parseJson } from './json.ts'
import { parseAs } from './parse.ts'

/** What `contracts/deployments/<chainId>.json` holds: where the contract lives on one chain. */
const deploymentSchema = z.strictObject({
  chain_id: integerField(1),
  /** In either spelling of the address; read as lower case. */
  contract: z
    .string()
    .regex(/^0x[0-9a-fA-F]{40}$/, 'expected 0x and 40 hex digits')
    .toLowerCase(),
  transaction: hex32Field,
  block_number: integerField(0),
  /** keccak256 of the code on chain. */
  code_hash: hex32Field,
  deployed_at: serverTimeField,
})

export type Deployment = z.infer<typeof deploymentSchema>

/** Parses a deployment file of the chain with this id; `what` names the file. Throws a `MalformedError`. */
export function parseDeployment(text: string, chainId: number, what: string): Deployment {
  const onThisChain = deploymentSchema.extend({
    chain_id: z.literal(chainId, `expected ${chainId}`),
  })
  return parseAs(onThisChain, parseJson(text), what)
}
