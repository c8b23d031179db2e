import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { CodedError } from '../../shared/coded-error.ts'
import { addressField, hex32Field, integerField } from '../../shared/fields.ts'
import { parseJson } from '../../shared/json.ts'
import { parseAs } from '../../shared/parse.ts'

const deploymentSchema = z.object({
  chain_id: integerField(1),
  contract: z.string().toLowerCase().pipe(addressField),
  block_number: integerField(0),
  code_hash: hex32Field,
})

/** Where the contract lives on one chain, as the deploy script wrote it. */
export type Deployment = z.infer<typeof deploymentSchema>

/** Reads `<chainId>.json` of the deployments folder. Throws `no_deployment`. */
export function readDeployment(folder: string, chainId: number): Deployment {
  const path = join(folder, `${chainId}.json`)
  try {
    return parseAs(deploymentSchema, parseJson(readFileSync(path, 'utf8')), path)
  } catch (cause) {
    throw new CodedError(
      'no_deployment',
      `contract: expected its deployment on chain ${chainId} in ${path}; deploy it with npm run contracts:deploy`,
      { cause },
    )
  }
}
