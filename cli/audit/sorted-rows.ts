import { NamelessFile } from './nameless-file.ts'

/** What is held in memory, however many rows there are. */
const MEMORY_BYTES = 16 * 1024 * 1024
const ROWS_PER_WRITE = 4096

/** Rows in ascending order in the file. */
interface Run {
  from: number
  to: number
}

/** A run that is being read: `at` is its foremost row in memory, `next` the first of its rows that is not there yet. */
interface Reader {
  at: number
  heldTo: number
  readonly slot: number
  next: number
  readonly to: number
}

/**
 * Rows of one length, given back in ascending order of their bytes: an external merge sort. Once memory for them is full,
 * they go to a temporary file in sorted runs, which are merged when they are asked for, each through its part of the
 * same memory.
 */
export class SortedRows implements Disposable {
  readonly #rowBytes: number
  readonly #memory: Buffer
  readonly #open: () => NamelessFile
  #held = 0
  #file: NamelessFile | null = null
  readonly #runs: Run[] = []

  constructor(
    rowBytes: number,
    { memoryBytes = MEMORY_BYTES, open = () => new NamelessFile() } = {},
  ) {
    this.#rowBytes = rowBytes
    this.#memory = Buffer.alloc(Math.max(1, Math.floor(memoryBytes / rowBytes)) * rowBytes)
    this.#open = open
  }

  /** The next row, all zero, to be written before anything else is asked. Throws `unreadable` where the disk is full. */
  add(): Buffer {
    if (this.#held === this.#memory.length) this.#spill()
    const row = this.#memory.subarray(this.#held, this.#held + this.#rowBytes)
    this.#held += this.#rowBytes
    return row.fill(0)
  }

  /** Every row in order, repeated ones too; each is good until the next is asked for. Nothing may be added meanwhile. */
  *[Symbol.iterator](): Generator<Buffer> {
    if (this.#runs.length === 0) {
      for (const at of this.#order()) yield this.#row(at)
      return
    }
    if (this.#held > 0) this.#spill()
    yield* this.#merged()
  }

  [Symbol.dispose](): void {
    this.#file?.[Symbol.dispose]()
  }

  #row(at: number): Buffer {
    return this.#memory.subarray(at, at + this.#rowBytes)
  }

  /** Below 0 where the row at `a` goes before the one at `b`. */
  #compare(a: number, b: number): number {
    return this.#memory.compare(this.#memory, b, b + this.#rowBytes, a, a + this.#rowBytes)
  }

  /** Where the rows in memory begin, in ascending order of their bytes. */
  #order(): Uint32Array {
    const rows = this.#held / this.#rowBytes
    return Uint32Array.from({ length: rows }, (_, index) => index * this.#rowBytes).sort((a, b) =>
      this.#compare(a, b),
    )
  }

  #spill(): void {
    this.#file ??= this.#open()
    const from = this.#file.length
    const order = this.#order()
    const sorted = Buffer.alloc(Math.min(order.length, ROWS_PER_WRITE) * this.#rowBytes)
    for (let first = 0; first < order.length; first += ROWS_PER_WRITE) {
      let filled = 0
      for (const at of order.subarray(first, first + ROWS_PER_WRITE))
        filled += this.#row(at).copy(sorted, filled)
      this.#file.append(sorted.subarray(0, filled))
    }
    this.#runs.push({ from, to: this.#file.length })
    this.#held = 0
  }

  /** As a heap of readers, the one with the least row on top. There are far fewer runs than rows in memory. */
  *#merged(): Generator<Buffer> {
    const rowsPerSlot = Math.floor(this.#memory.length / this.#rowBytes / this.#runs.length)
    const slotBytes = rowsPerSlot * this.#rowBytes
    const heap = this.#runs.map(({ from, to }, index): Reader => {
      const slot = index * slotBytes
      return { at: slot, heldTo: slot, slot, next: from, to }
    })
    for (const reader of heap) this.#refill(reader, slotBytes)
    for (let place = heap.length - 1; place >= 0; place -= 1) this.#sink(heap, place)
    for (let [least] = heap; least; [least] = heap) {
      yield this.#row(least.at)
      least.at += this.#rowBytes
      if (least.at === least.heldTo && !this.#refill(least, slotBytes)) {
        const last = heap.pop()
        if (last && last !== least) heap[0] = last
      }
      this.#sink(heap, 0)
    }
  }

  /** Reads on into the reader's part of memory; false where its run has ended. */
  #refill(reader: Reader, slotBytes: number): boolean {
    const length = Math.min(slotBytes, reader.to - reader.next)
    if (length === 0) return false
    this.#file?.read(this.#memory.subarray(reader.slot, reader.slot + length), reader.next)
    reader.at = reader.slot
    reader.heldTo = reader.slot + length
    reader.next += length
    return true
  }

  /** Lets the reader at a place of the heap sink until neither of the two below it has a lesser row. */
  #sink(heap: Reader[], place: number): void {
    const sinking = heap[place]
    if (!sinking) return
    for (let at = place; ;) {
      const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]]
      const isRight = left && right && this.#compare(right.at, left.at) < 0
      const lesser = isRight ? right : left
      if (!lesser || this.#compare(sinking.at, lesser.at) <= 0) {
        heap[at] = sinking
        return
      }
      heap[at] = lesser
      at = 2 * at + (isRight ? 2 : 1)
    }
  }
}
