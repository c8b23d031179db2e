import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CodedError } from '../../shared/coded-error.ts'
import { parseDeployment, type Deployment } from '../../shared/deployment.ts'

/** Reads `<chainId>.json` of the deployments folder. Throws `no_deployment`. */
export function readDeployment(folder: string, chainId: number): Deployment {
  const path = join(folder, `${chainId}.json`)
  try {
    return parseDeployment(readFileSync(path, 'utf8'), chainId, path)
  } catch (cause) {
    throw new CodedError(
      'no_deployment',
      `contract: expected its deployment on chain ${chainId} in ${path}; deploy it with npm run contracts:deploy`,
      { cause },
    )
  }
}
