/**
 * Virtual time and what is to happen in it. Nothing waits for the wall clock: a real answer (HTTP, MQTT) is awaited where
 * it is asked for, and then arrives at the virtual moment its sender chose.
 */
export class Agenda {
  #nowMs: number
  #entries: { atMs: number; order: number; act: () => void }[] = []
  #order = 0
  readonly #inFlight = new Set<Promise<void>>()

  /** `startMs`: virtual epoch milliseconds to begin with. */
  constructor(startMs: number) {
    this.#nowMs = startMs
  }

  get nowMs(): number {
    return this.#nowMs
  }

  /** When the next entry is due, or infinity. */
  get nextMs(): number {
    return this.#entries[0]?.atMs ?? Number.POSITIVE_INFINITY
  }

  after(delayMs: number, act: () => void): void {
    this.at(this.#nowMs + delayMs, act)
  }

  /** Virtual time goes in whole milliseconds. */
  at(atMs: number, act: () => void): void {
    this.#order += 1
    this.#entries.push({ atMs: Math.max(Math.ceil(atMs), this.#nowMs), order: this.#order, act })
    this.#entries.sort((a, b) => a.atMs - b.atMs || a.order - b.order)
  }

  /** Time stands still until `work` is settled. Its failure is the worker's to handle. */
  hold(work: Promise<void>): void {
    this.#inFlight.add(work)
    const release = () => this.#inFlight.delete(work)
    work.then(release, release)
  }

  async settled(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight)
  }

  /** Goes to `nowMs` and does what is due on the way. */
  advance(nowMs: number): void {
    for (let next = this.#entries[0]; next && next.atMs <= nowMs; next = this.#entries[0]) {
      this.#entries.shift()
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      next.act()
    }
    this.#nowMs = Math.max(this.#nowMs, nowMs)
  }
}
