import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { messageOf } from '../../shared/coded-error.ts'
import { CliError } from '../cli-error.ts'

const OWNER_ONLY = 0o600

/**
 * A file for what does not fit into memory, in the folder for temporary files. It has no name from the moment it is there:
 * nobody else finds it, no later run takes it for something, and it is gone when this process is, however that ends. All
 * of it throws `unreadable` where the disk will not have it.
 */
export class NamelessFile implements Disposable {
  readonly #descriptor: number
  readonly #folder: string
  #length = 0

  /** `open` answers a descriptor for reading and writing. */
  constructor(folder = tmpdir(), open: (folder: string) => number = openNameless) {
    this.#folder = folder
    this.#descriptor = this.#onDisk(() => open(folder))
  }

  /** How many bytes were appended so far: where the next ones go. */
  get length(): number {
    return this.#length
  }

  append(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length;) {
      const rest = bytes.length - from
      const at = this.#length
      const written = this.#onDisk(() => writeSync(this.#descriptor, bytes, from, rest, at))
      from += written
      this.#length += written
    }
  }

  /** Fills `into` with what was appended from `position` on. */
  read(into: Uint8Array, position: number): void {
    for (let from = 0; from < into.length;) {
      const rest = into.length - from
      const got = this.#onDisk(() => readSync(this.#descriptor, into, from, rest, position + from))
      if (got === 0) throw this.#refused('the file ends before its time')
      from += got
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor)
  }

  #onDisk(act: () => number): number {
    try {
      return act()
    } catch (cause) {
      throw this.#refused(messageOf(cause), { cause })
    }
  }

  #refused(got: string, options?: ErrorOptions): CliError {
    return new CliError(
      'unreadable',
      `temporary file in ${this.#folder}: expected room for what does not fit into memory, got ${got}; TMPDIR=DIR names another folder`,
      options,
    )
  }
}

function openNameless(folder: string): number {
  const path = join(folder, `gridwitness-${randomUUID()}`)
  const descriptor = openSync(path, 'wx+', OWNER_ONLY)
  unlinkSync(path)
  return descriptor
}
