import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { p256 } from '@noble/curves/nist.js'
import { z } from 'zod'
import { fromHex, toHex } from '../../../shared/bytes.ts'
import { deviceIdField, integerField } from '../../../shared/fields.ts'
import { parseJson } from '../../../shared/json.ts'
import { parseAs } from '../../../shared/parse.ts'
import { FLASH_BYTES, type Memory } from './device.ts'
import { NorFlash } from './flash.ts'
import { SecureElement, SERIAL_BYTES } from './secure-element.ts'

const OWNER_ONLY = 0o600
const OWNERS_FOLDER = 0o700
/** First and last bytes of an ATECC608's serial number. */
const SERIAL_HEAD = Uint8Array.of(0x01, 0x23)
const SERIAL_TAIL = Uint8Array.of(0xee)

const hex = (bytes: number) =>
  z.string().regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`), `expected ${bytes} bytes in hex`)
const elementSchema = z.strictObject({
  device_id: deviceIdField,
  private_key: hex(32),
  counter: integerField(0),
})
const valuesSchema = z.record(z.string(), z.string().regex(/^(?:[0-9a-f]{2})*$/, 'expected hex'))
const lifeSchema = z.strictObject({ lived_until_ms: integerField(0) })

/** A device's memory on this machine's disk. */
export interface KeptMemory extends Memory {
  /** Virtual epoch milliseconds up to which it has lived; null for a new one. */
  readonly livedUntilMs: number | null
  /** Keeps that. Throws when another process has started the same device meanwhile: only one may go on with its log. */
  keepLife(nowMs: number): void
}

/**
 * The memory in a folder, made where there is none. Everything is written before the core hears that it was, and the
 * counter is on the disk before its value is used: whatever ends the process, no number is used twice. The private key is
 * in it, readable by its owner only: a device for trying out. Throws naming the file that is not as this function wrote it.
 */
export function keptMemory(folder: string): KeptMemory {
  mkdirSync(folder, { recursive: true, mode: OWNERS_FOLDER })
  const path = (name: string) => join(folder, name)
  const elementPath = path('element.json')
  if (!existsSync(elementPath)) replace(elementPath, JSON.stringify(newElement()))
  const kept = read(elementPath, elementSchema)
  const element = new SecureElement({
    serial: fromHex(kept.device_id.toLowerCase()),
    key: fromHex(kept.private_key),
    counter: kept.counter,
    stepped: (counter) => {
      expectAlone(elementPath, element.counter)
      replace(elementPath, JSON.stringify({ ...kept, counter }))
    },
  })
  const lifePath = path('life.json')
  return {
    element,
    flash: keptFlash(path('flash.bin')),
    values: keptValues(path('values.json')),
    livedUntilMs: existsSync(lifePath) ? read(lifePath, lifeSchema).lived_until_ms : null,
    keepLife: (nowMs) => {
      expectAlone(elementPath, element.counter)
      replace(lifePath, JSON.stringify({ lived_until_ms: nowMs }))
    },
  }
}

function newElement(): z.infer<typeof elementSchema> {
  const serial = Buffer.concat([
    SERIAL_HEAD,
    randomBytes(SERIAL_BYTES - SERIAL_HEAD.length - SERIAL_TAIL.length),
    SERIAL_TAIL,
  ])
  return {
    device_id: toHex(serial).toUpperCase(),
    private_key: toHex(p256.utils.randomSecretKey()),
    counter: 0,
  }
}

function expectAlone(path: string, counter: number): void {
  const { device_id, counter: kept } = read(path, elementSchema)
  if (kept !== counter)
    throw new Error(
      `${path}: expected counter ${counter}, got ${kept}: ${device_id} runs elsewhere`,
    )
}

function keptFlash(path: string): NorFlash {
  const contents = existsSync(path) ? new Uint8Array(readFileSync(path)) : undefined
  if (!contents) replace(path, new Uint8Array(FLASH_BYTES).fill(0xff))
  const file = openSync(path, 'r+')
  return new NorFlash(FLASH_BYTES, {
    contents,
    changed: (offset, bytes) => {
      writeSync(file, bytes, 0, bytes.length, offset)
    },
  })
}

function keptValues(path: string): Memory['values'] {
  const kept = existsSync(path) ? read(path, valuesSchema) : {}
  const values = new Map(Object.entries(kept))
  return {
    get: (key) => {
      const value = values.get(key)
      return value === undefined ? undefined : fromHex(value)
    },
    set: (key, value) => {
      values.set(key, toHex(value))
      replace(path, JSON.stringify(Object.fromEntries(values)))
    },
  }
}

const read = <Schema extends z.ZodType>(path: string, schema: Schema): z.output<Schema> =>
  parseAs(schema, parseJson(readFileSync(path, 'utf8')), path)

/** All or nothing, and on the disk when this returns. */
function replace(path: string, content: string | Uint8Array): void {
  const draft = `${path}.new`
  const file = openSync(draft, 'w', OWNER_ONLY)
  try {
    writeFileSync(file, content)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(draft, path)
}
