import { writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { PortalRequests } from './portal-requests.ts'

/** The same at every start: a command that was noted goes on to work. */
const PROOF_FILE = 'example.gwproof.json'

export interface CheckOptions {
  portal: Pick<PortalRequests, 'proof'>
  leafHash: string
  /** Folder the proof is written to. */
  folder: string
  rpcUrl: string
  /** Address of the contract: whoever verifies names the one he trusts, it is never taken from the proof. */
  contract: string
  portalUrl: string
}

/**
 * Writes the proof of a record beside the demo's data and returns the command that checks it; null while the record is
 * not anchored.
 */
export async function checkCommand(options: CheckOptions): Promise<string | null> {
  const { portal, leafHash, folder, rpcUrl, contract, portalUrl } = options
  const bundle = await portal.proof(leafHash)
  if (bundle === null) return null
  const path = join(folder, PROOF_FILE)
  await writeFile(path, bundle)
  const file = shellWord(relative(process.cwd(), path))
  const sources = `--rpc ${rpcUrl} --contract ${contract} --ipfs ${portalUrl}`
  return `npm run --silent gridwitness -- verify ${file} ${sources}`
}

/** A path as a shell takes it: quoted only where it must be. */
export const shellWord = (text: string): string =>
  /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
