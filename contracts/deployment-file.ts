import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { DeployError } from './deploy-error.ts'

const hex = (bytes: number) => z.string().regex(new RegExp(`^0x[0-9a-fA-F]{${2 * bytes}}$`))
const deploymentFile = z.strictObject({
  chain_id: z.int().positive(),
  contract: hex(20),
  transaction: hex(32),
  block_number: z.int().nonnegative(),
  code_hash: hex(32),
  deployed_at: z.iso.datetime({ precision: 3 }),
})

/** What `deployments/<chainId>.json` holds. */
export type Deployment = z.infer<typeof deploymentFile>

/** The recorded deployment, or undefined where the file does not exist. Throws `malformed_deployment_file`. */
export async function readDeployment(
  file: string,
  chainId: number,
): Promise<Deployment | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw cause
  }
  try {
    return deploymentFile.extend({ chain_id: z.literal(chainId) }).parse(JSON.parse(text))
  } catch (cause) {
    throw new DeployError(
      'malformed_deployment_file',
      `${file}: expected a deployment on chain ${chainId}`,
      { cause },
    )
  }
}

/** Renamed into place, so that a reader never sees half a file. */
export async function writeDeployment(file: string, deployment: Deployment): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(`${file}.new`, `${JSON.stringify(deployment, null, 2)}\n`)
  await rename(`${file}.new`, file)
}
