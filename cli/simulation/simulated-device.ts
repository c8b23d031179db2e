import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { keptMemory, type KeptMemory } from '../../firmware/host/harness/kept-memory.ts'
import { enrolmentSchema, type Enrolment } from '../../shared/api/devices.ts'
import { parseJson } from '../../shared/json.ts'
import { parseAs } from '../../shared/parse.ts'
import { CliError } from '../cli-error.ts'
import { keepFile } from '../keep-file.ts'
import { readInput } from '../read-input.ts'

/** What a new simulated device is told of itself. */
export interface SimulatedFacts {
  areaId: string | undefined
  latitude: number
  longitude: number
  stage: Enrolment['device']['stage']
  customers: number
}

export interface SimulatedDevice {
  memory: KeptMemory
  enrolment: Enrolment
  latitude: number
  longitude: number
}

/** Its enrolment, in the folder, as `gridwitness device enrol --file` takes it. */
export const enrolmentPath = (folder: string): string => join(folder, 'device.json')

/**
 * The device of a folder, made from `facts` where there is none. Facts are given once: throws `usage` where they come
 * again or are missing.
 */
export async function simulatedDevice(
  folder: string,
  facts: SimulatedFacts | undefined,
): Promise<SimulatedDevice> {
  const path = enrolmentPath(folder)
  const isNew = !existsSync(path)
  if (isNew && !facts) {
    throw new CliError(
      'usage',
      `${folder}: expected --latitude and --longitude for a new device, got none`,
    )
  }
  if (!isNew && facts) {
    throw new CliError(
      'usage',
      `${path}: expected no place beside it, the device has one; use another --dir for another device`,
    )
  }
  const memory = keptMemory(folder)
  if (facts) await keepFile(path, `${JSON.stringify(enrolmentOf(memory, facts))}\n`)
  const enrolment = parseAs(enrolmentSchema, parseJson(await readInput(path)), path)
  const { device_id, public_key, latitude, longitude } = enrolment.device
  const { element } = memory
  if (device_id !== element.deviceId || public_key !== element.publicKey)
    throw new CliError('unreadable', `${path}: expected device ${element.deviceId} and its key`)
  if (latitude === undefined || longitude === undefined)
    throw new CliError('unreadable', `${path}: expected coordinates, got none`)
  return { memory, enrolment, latitude, longitude }
}

const enrolmentOf = ({ element }: KeptMemory, facts: SimulatedFacts): Enrolment => ({
  ...(facts.areaId !== undefined && { area_id: facts.areaId }),
  device: {
    device_id: element.deviceId,
    public_key: element.publicKey,
    stage: facts.stage,
    customers_served: facts.customers,
    latitude: facts.latitude,
    longitude: facts.longitude,
  },
})
