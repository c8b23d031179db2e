import { join } from 'node:path'
import { z } from 'zod'
import { deviceIdField, hashField, integerField } from '../../shared/fields.ts'
import { parseAs } from '../../shared/parse.ts'
import { readingSchema } from '../../shared/reading/index.ts'
import { keepPrivate, readKept } from '../kept-file.ts'

/** Where one sensor's chain stands: the last number it used and the digest of what it signed with it. */
const chainSchema = z.strictObject({ seq: integerField(1), digest: hashField })

const outboxSchema = z.strictObject({
  scenario: z.string(),
  /** Simulated time up to which readings were made, ms since 1970. */
  clock_at: integerField(0),
  chains: z.record(deviceIdField, chainSchema),
  /** Signed, and not known to have arrived. */
  unsent: z.array(readingSchema),
  /** Leaf of an accepted OFF reading: the one whose proof is shown. */
  witness: hashField.nullable(),
})

/**
 * What the sensors remember. It is stored before anything is sent, so that a sensor never signs two readings with
 * one number: after a crash the stored readings go out again, byte for byte.
 */
export type Outbox = z.infer<typeof outboxSchema>
export type Chain = z.infer<typeof chainSchema>

const pathIn = (folder: string): string => join(folder, 'outbox.json')

/** The outbox kept in a folder, or an empty one; throws when it belongs to another scenario or is damaged. */
export async function readOutbox(
  folder: string,
  scenario: { name: string; beginAt: number },
): Promise<Outbox> {
  const path = pathIn(folder)
  const kept = await readKept(path)
  if (kept === undefined) {
    return {
      scenario: scenario.name,
      clock_at: scenario.beginAt,
      chains: {},
      unsent: [],
      witness: null,
    }
  }
  const outbox = parseAs(outboxSchema, kept, path)
  if (outbox.scenario !== scenario.name) {
    throw new Error(
      `${path}: expected the scenario "${scenario.name}", got "${outbox.scenario}": use another --data`,
    )
  }
  return outbox
}

/** Stores the outbox; it survives whatever happens after this resolves. */
export const keepOutbox = (folder: string, outbox: Outbox): Promise<void> =>
  keepPrivate(pathIn(folder), JSON.stringify(outbox))
