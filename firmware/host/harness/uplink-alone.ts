import { Agenda } from './agenda.ts'
import { Core } from './core.ts'
import { KIND, STATUS, type Frame } from './frames.ts'
import type { Network } from './network.ts'
import type { Quirks } from './quirks.ts'
import { Sim7020 } from './sim7020.ts'

export const OUTCOMES = ['retry-later', 'accepted', 'duplicate', 'rejected'] as const
export type Outcome = (typeof OUTCOMES)[number]

export interface UplinkAloneOptions {
  program: string
  /** name=value, see firmware/host/pipe/options.h. */
  options: string[]
  network: Network
  quirks?: Partial<Quirks>
  startMs?: number
  /** The module is on when the core starts. */
  modemOn?: boolean
}

/** Longest stretch between two looks at what a test waits for. */
const SLICE_MS = 1000
const START_MS = Date.UTC(2026, 10, 20, 6, 0, 0)

/** The driver and the uplink of the core with a modem on its line: what is sent comes from the test. */
export class UplinkAlone {
  readonly agenda: Agenda
  readonly modem: Sim7020
  readonly #core: Core
  readonly #startMs: number
  /** Words the core logged. */
  readonly log: string[] = []
  /** UTC in milliseconds the core last set its clock to. */
  believes: number | undefined
  #results: Outcome[] | undefined

  static async start(options: UplinkAloneOptions): Promise<UplinkAlone> {
    const uplink = new UplinkAlone(options)
    await uplink.#core.begin()
    return uplink
  }

  private constructor({
    program,
    options,
    network,
    quirks,
    startMs = START_MS,
    modemOn,
  }: UplinkAloneOptions) {
    this.#startMs = startMs
    this.agenda = new Agenda(startMs)
    this.modem = new Sim7020({
      agenda: this.agenda,
      network,
      quirks,
      toDevice: (bytes) => {
        this.#core.tell(KIND.uart, bytes)
      },
    })
    this.#core = new Core(program, options, {
      reached: (nowMs) => {
        this.agenda.advance(startMs + nowMs)
      },
      told: (frame) => {
        this.#told(frame)
      },
      asked: () => ({ status: STATUS.none }),
    })
    if (modemOn ?? true) this.modem.powerOn()
  }

  /** Submits messages and lives until their outcomes are known. */
  async submit(messages: Uint8Array[], { lastGasp = false } = {}): Promise<Outcome[]> {
    this.begin(messages, { lastGasp })
    await this.until(() => this.#results !== undefined)
    return this.#results ?? []
  }

  /** Submits messages; they are under way as long as somebody lives. */
  begin(messages: Uint8Array[], { lastGasp = false } = {}): void {
    const parts = messages.flatMap((message) => {
      const size = Buffer.alloc(2)
      size.writeUInt16LE(message.length)
      return [size, message]
    })
    this.#results = undefined
    this.#core.tell(KIND.submit, Buffer.concat([Buffer.of(lastGasp ? 1 : 0), ...parts]))
  }

  cancel(): void {
    this.#core.tell(KIND.cancel)
  }

  /** Lives until `done`, for at most `limitMs` of virtual time. */
  async until(done: () => boolean, limitMs = 3_600_000): Promise<void> {
    const endMs = this.agenda.nowMs + limitMs
    while (!done()) {
      if (this.agenda.nowMs >= endMs)
        throw new Error(
          `not within ${limitMs} ms; the modem heard:\n${this.modem.heard.slice(-20).join('\n')}`,
        )
      await this.#step(endMs)
    }
  }

  async live(durationMs: number): Promise<void> {
    const endMs = this.agenda.nowMs + durationMs
    while (this.agenda.nowMs < endMs) await this.#step(endMs)
  }

  stop(): Promise<void> {
    return this.#core.stop()
  }

  async #step(endMs: number): Promise<void> {
    await this.agenda.settled()
    this.agenda.advance(this.agenda.nowMs)
    const nextMs = Math.min(endMs, this.agenda.nextMs, this.agenda.nowMs + SLICE_MS)
    await this.#core.run(nextMs - this.#startMs)
  }

  #told({ kind, bytes }: Frame): void {
    if (kind === KIND.sent) this.modem.receive(bytes)
    else if (kind === KIND.key) this.modem.key(bytes[0] === 1)
    else if (kind === KIND.log) this.log.push(bytes.toString('latin1', 9))
    else if (kind === KIND.time) this.believes = Number(bytes.readBigInt64LE())
    else
      this.#results = [...bytes]
        .filter((_, at) => at % 2 === 0)
        .map((code) => OUTCOMES[code] ?? 'retry-later')
  }
}
