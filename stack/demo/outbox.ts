import { join } from 'node:path'
import { z } from 'zod'
import { deviceIdField, hashField, integerField } from '../../shared/fields.ts'
import { readingSchema } from '../../shared/reading/index.ts'
import { parseAs } from '../../shared/parse.ts'
import { keepPrivate, readKept } from '../kept-file.ts'
import type { Scenario } from './scenario.ts'

/** Where one sensor's chain stands: the last number it used and the digest of what it signed with it. */
const chainSchema = z.strictObject({ seq: integerField(1), digest: hashField })

const outboxSchema = z.strictObject({
  scenario: z.string(),
  /** Whole days by which its times were moved when the folder was begun. */
  moved_days: integerField(0),
  /** How many sensors it was begun with. */
  sensors: integerField(1),
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

/** The outbox kept in a folder, undefined where there is none; throws when it is damaged or of another scenario. */
export async function keptOutbox(folder: string, scenario: string): Promise<Outbox | undefined> {
  const path = pathIn(folder)
  const kept = await readKept(path)
  if (kept === undefined) return undefined
  const what = `${path} (of another version? then use another --data)`
  const outbox = parseAs(outboxSchema, kept, what)
  if (outbox.scenario !== scenario) {
    throw new Error(
      `${path}: expected the scenario "${scenario}", got "${outbox.scenario}": use another --data`,
    )
  }
  return outbox
}

/** The outbox kept in a folder, or an empty one. */
export async function readOutbox(
  folder: string,
  scenario: Pick<Scenario, 'name' | 'movedDays' | 'beginAt' | 'sites'>,
): Promise<Outbox> {
  const { name, movedDays, beginAt, sites } = scenario
  const kept = await keptOutbox(folder, name)
  return (
    kept ?? {
      scenario: name,
      moved_days: movedDays,
      sensors: sites.length,
      clock_at: beginAt,
      chains: {},
      unsent: [],
      witness: null,
    }
  )
}

/** Whether nothing was measured yet. */
export const isUnused = ({ chains }: Outbox): boolean => Object.keys(chains).length === 0

/** Stores the outbox; it survives whatever happens after this resolves. */
export const keepOutbox = (folder: string, outbox: Outbox): Promise<void> =>
  keepPrivate(pathIn(folder), JSON.stringify(outbox))
