import { spawn, type ChildProcess } from 'node:child_process'
import { encodeFrame, FrameReader, int64s, KIND, type Frame } from './frames.ts'

/** Answer to a question of the core: a status of gw/status.h and what was asked for. */
export interface CoreAnswer {
  status: number
  bytes?: Uint8Array
}

export interface CoreEars {
  /** The core has come to this moment of its own time; what it told on the way follows. */
  reached(nowMs: number): void
  /** What the core tells. */
  told(frame: Frame): void
  /** What the core asks; `undefined` leaves it without an answer: its power is gone. */
  asked(frame: Frame): CoreAnswer | undefined
}

const TOLD: string[] = [
  KIND.sent,
  KIND.key,
  KIND.results,
  KIND.log,
  KIND.time,
  KIND.said,
  KIND.restart,
]

/** A host program at the other end of its pipes; it moves only while `run` lasts. */
export class Core {
  readonly #child: ChildProcess
  readonly #reader = new FrameReader()
  readonly #ears: CoreEars
  readonly #closed: Promise<void>
  /** Told while it moved: it stops where it spoke, so all of it belongs to the moment it reached. */
  #untold: Frame[] = []
  #done: ((nowMs: number | Error) => void) | undefined
  #complaint = ''
  #ended = false

  constructor(program: string, options: string[], ears: CoreEars) {
    this.#ears = ears
    this.#child = spawn(program, options, {
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own: Ctrl-C goes to whoever started it; it ends with its pipes.
      detached: true,
    })
    this.#child.stdout?.on('data', (chunk: Buffer) => {
      for (const frame of this.#reader.push(chunk)) this.#take(frame)
    })
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#complaint += chunk.toString()
    })
    // What is written to a program that ended is lost, as bytes on a wire to a dead device are.
    this.#child.stdin?.on('error', () => {})
    this.#closed = new Promise((resolve) => {
      this.#child.once('close', () => {
        this.#ended = true
        this.#done?.(new Error(`the core ended by itself: ${this.#complaint}`))
        resolve()
      })
      this.#child.once('error', (error) => {
        this.#complaint += error.message
      })
    })
  }

  tell(kind: string, bytes?: Uint8Array): void {
    this.#child.stdin?.write(encodeFrame(kind, bytes))
  }

  /** Lets the core live until `untilMs` of its own time, or until it spoke to its modem. */
  run(untilMs: number): Promise<void> {
    return this.#move(KIND.run, int64s(untilMs))
  }

  /** Power is on. */
  begin(): Promise<void> {
    return this.#move(KIND.begin)
  }

  async #move(kind: string, bytes?: Uint8Array): Promise<void> {
    if (this.#ended) throw new Error(`the core ended by itself: ${this.#complaint}`)
    const reached = await new Promise<number | Error>((resolve) => {
      this.#done = resolve
      this.tell(kind, bytes)
    })
    this.#done = undefined
    if (reached instanceof Error) throw reached
    this.#ears.reached(reached)
    for (const frame of this.#untold.splice(0)) this.#ears.told(frame)
  }

  /** Ends it at once, as loss of power does. */
  async stop(): Promise<void> {
    this.#done = undefined
    this.#child.kill('SIGKILL')
    await this.#closed
  }

  #take(frame: Frame): void {
    if (frame.kind === KIND.done) {
      this.#done?.(Number(frame.bytes.readBigInt64LE()))
      return
    }
    if (TOLD.includes(frame.kind)) {
      this.#untold.push(frame)
      return
    }
    const answer = this.#ears.asked(frame)
    if (!answer) {
      this.#done?.(POWER_GONE)
      return
    }
    const bytes = answer.bytes ?? new Uint8Array()
    this.tell(KIND.answer, Buffer.concat([Buffer.of(answer.status), bytes]))
  }
}

class PowerGone extends Error {
  constructor() {
    super('power was cut')
  }
}
const POWER_GONE = new PowerGone()
export const isPowerGone = (error: unknown): boolean => error instanceof PowerGone
