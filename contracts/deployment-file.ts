import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseDeployment, type Deployment } from '../shared/deployment.ts'
import { DeployError } from './deploy-error.ts'

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
    return parseDeployment(text, chainId, file)
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
