import { verifyDigest } from './verify-digest.ts'
import type { CoreAnswer } from './core.ts'
import type { FirmwareSlot } from './firmware-slot.ts'
import { KIND, STATUS, type Frame } from './frames.ts'
import type { Memory } from './device.ts'

/** What a core asks of the parts around it, but for its clock. */
export interface Parts extends Memory {
  slot: FirmwareSlot
}

/** A part's answer; `undefined` where power failed on the way, null for a question of another part. */
export function answerOf(parts: Parts, { kind, bytes }: Frame): CoreAnswer | undefined | null {
  switch (kind) {
    case KIND.serial:
      return ok(parts.element.serial)
    case KIND.publicKey:
      return ok(parts.element.publicPoint)
    case KIND.sign:
      return ok(parts.element.sign(bytes))
    case KIND.counter:
      return ok(uint32(parts.element.increment()))
    case KIND.kvGet: {
      const value = parts.values.get(bytes.toString('latin1'))
      return value ? ok(value) : { status: STATUS.none }
    }
    case KIND.kvSet: {
      const keyEnd = 1 + (bytes[0] ?? 0)
      parts.values.set(bytes.toString('latin1', 1, keyEnd), Uint8Array.from(bytes.subarray(keyEnd)))
      return ok()
    }
    case KIND.verify:
      return verifyDigest(bytes) ? ok() : { status: STATUS.signature }
    case KIND.otaVersion:
      return ok(uint32(parts.slot.runningVersion))
    case KIND.otaActivate:
      parts.slot.isActive = true
      return ok()
    default:
      return memoryAnswer(parts, kind, bytes)
  }
}

/** Questions that begin with an offset. */
function memoryAnswer(
  { flash, slot }: Parts,
  kind: string,
  bytes: Buffer,
): CoreAnswer | undefined | null {
  const first = () => bytes.readUInt32LE(0)
  const second = () => bytes.readUInt32LE(4)
  switch (kind) {
    case KIND.flashWrite:
      return flash.write(first(), bytes.subarray(4)) ? ok() : undefined
    case KIND.flashErase:
      return flash.erase(first()) ? ok() : undefined
    case KIND.flashRead:
      return ok(flash.read(first(), second()))
    case KIND.flashBlank:
      return ok(Uint8Array.of(flash.isBlank(first(), second()) ? 1 : 0))
    case KIND.otaOpen:
      slot.open(first(), second())
      return ok()
    case KIND.otaWrite:
      return slot.write(first(), bytes.subarray(4)) ? ok() : { status: STATUS.io }
    case KIND.otaRead:
      return ok(slot.bytes.slice(first(), first() + second()))
    default:
      return null
  }
}

function uint32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

export const ok = (bytes?: Uint8Array): CoreAnswer => ({ status: STATUS.ok, bytes })
