/** Where a device's next image goes: the slot that is not running. It survives a loss of power, as flash does. */
export class FirmwareSlot {
  /** What the image that runs calls itself. */
  runningVersion: number
  bytes = new Uint8Array()
  /** The device boots from it next time. */
  isActive = false
  /** Where loading began, each time it did. */
  readonly openedAt: number[] = []
  readonly #versionOf: (image: Uint8Array) => number

  /** `versionOf`: the secure version in an image. */
  constructor(runningVersion = 0, versionOf: (image: Uint8Array) => number = () => runningVersion) {
    this.runningVersion = runningVersion
    this.#versionOf = versionOf
  }

  /** What was written before `resumeAt` stays; the rest is erased. */
  open(size: number, resumeAt: number): void {
    const bytes = new Uint8Array(size).fill(0xff)
    bytes.set(this.bytes.subarray(0, Math.min(resumeAt, size)))
    this.bytes = bytes
    this.isActive = false
    this.openedAt.push(resumeAt)
  }

  /** False outside the image: a core that writes there is at fault. */
  write(offset: number, bytes: Uint8Array): boolean {
    if (offset + bytes.length > this.bytes.length) return false
    this.bytes.set(bytes, offset)
    return true
  }

  /** The device starts, from the image in this slot if that is active. */
  boot(): void {
    if (this.isActive) this.runningVersion = this.#versionOf(this.bytes)
    this.isActive = false
  }
}
