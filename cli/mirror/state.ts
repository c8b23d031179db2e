import { join } from 'node:path'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { addressField, areaIdField, hashField, integerField } from '../../shared/fields.ts'
import { parseJson } from '../../shared/json.ts'
import { parseAs } from '../../shared/parse.ts'
import { CliError } from '../cli-error.ts'
import { keepFile } from '../keep-file.ts'

/** How far a mirror has come; `mirror.json` in its folder. */
const stateSchema = z.strictObject({
  v: z.literal(1),
  type: z.literal('mirror'),
  chain_id: integerField(1),
  contract: addressField,
  /** The areas that are followed; null is all. */
  only: z.array(areaIdField).nullable(),
  /** Every anchor in the blocks before this one is kept. */
  next_block: integerField(0),
  /** The last batch kept of each area. */
  areas: z.record(areaIdField, z.strictObject({ number: integerField(1), root: hashField })),
})
export type MirrorState = z.infer<typeof stateSchema>

/** What a mirror is of: another of any of these is another mirror. */
interface MirrorSubject {
  chainId: number
  contract: string
  only: string[] | null
}

const subjectOf = ({ chainId, contract, only }: MirrorSubject): string =>
  `${only?.join(', ') ?? 'all areas'} of ${contract} on chain ${chainId}`

const fileIn = (folder: string): string => join(folder, 'mirror.json')

/** The state in the folder, or the beginning where there is none. Throws `usage` for the mirror of another ledger. */
export async function readState(
  folder: string,
  { chainId, contract, only, fromBlock }: MirrorSubject & { fromBlock: number },
): Promise<MirrorState> {
  const file = fileIn(folder)
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  })
  if (text === null) {
    return {
      v: 1,
      type: 'mirror',
      chain_id: chainId,
      contract,
      only,
      next_block: fromBlock,
      areas: {},
    }
  }
  const state = parseAs(stateSchema, parseJson(text), file)
  const asked = subjectOf({ chainId, contract, only })
  const kept = subjectOf({ chainId: state.chain_id, contract: state.contract, only: state.only })
  if (kept === asked) return state
  throw new CliError(
    'usage',
    `--dir: expected a mirror of ${asked}, got one of ${kept} in ${folder}`,
  )
}

export const writeState = (folder: string, state: MirrorState): Promise<void> =>
  keepFile(fileIn(folder), `${JSON.stringify(state, null, 2)}\n`)
