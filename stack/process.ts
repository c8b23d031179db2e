import { fork, type ChildProcess } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { setTimeout as delay } from 'node:timers/promises'

/** How long a child may take to stop by itself before it is ended with SIGKILL. */
const STOP_LIMIT_MS = 15_000
/** The same within the child: shorter, so that it still ends what it started itself. */
const OWN_STOP_LIMIT_MS = 12_000
/** How long the output of an ended child is waited for: a grandchild may hold its pipe open. */
const OUTPUT_LIMIT_MS = 500
const TAIL_CHARACTERS = 4_000

export interface Exit {
  code: number | null
  signal: string | null
}

/** A running child, seen from its parent. */
export interface Child<T> {
  /** What the child said when it was ready. */
  ready: T
  pid: number
  /** Stops the child: asks first, SIGKILL after 15 s. Resolves when it has ended; may be repeated. */
  stop(): Promise<void>
  kill(signal: NodeJS.Signals): void
  /** Resolves when the child has ended, for whatever reason; never rejects. */
  exited: Promise<Exit>
}

interface ChildOptions {
  /** Added to the environment of this process. */
  env?: Record<string, string>
  /** File to which everything the child prints is appended. */
  logFile?: string
}

type FromChild<T> = { kind: 'ready'; ready: T } | { kind: 'failed'; message: string }

/** Both ends of the channel are this file, so the envelope is checked and its content is trusted. */
function isFromChild<T>(message: unknown): message is FromChild<T> {
  return (
    typeof message === 'object' &&
    message !== null &&
    'kind' in message &&
    (message.kind === 'ready' || message.kind === 'failed')
  )
}

function isStart<A>(message: unknown): message is { kind: 'start'; argument: A } {
  return (
    typeof message === 'object' &&
    message !== null &&
    'kind' in message &&
    message.kind === 'start' &&
    'argument' in message
  )
}

/**
 * Runs a script that calls `serveParent` in a process of its own and waits until it is ready.
 * `argument` and the ready value cross by structured clone. Rejects with the child's own message
 * when its start fails, or with its exit code and the end of its output when it ends before.
 */
export async function startChild<A, T>(
  script: URL,
  argument: A,
  options: ChildOptions = {},
): Promise<Child<T>> {
  const path = fileURLToPath(script)
  const child = fork(path, [], {
    execPath: process.execPath,
    execArgv: [],
    env: { ...process.env, ...options.env },
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const tail = collectOutput(child, options.logFile)
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()))

  const ready = await new Promise<T>((resolve, reject) => {
    child.once('error', (cause) => reject(new Error(`${path}: cannot be started`, { cause })))
    child.on('message', (message) => {
      if (!isFromChild<T>(message)) return
      if (message.kind === 'ready') resolve(message.ready)
      else reject(new Error(message.message))
    })
    void exited.then(async ({ code, signal }) => {
      await Promise.race([closed, delay(OUTPUT_LIMIT_MS)])
      reject(
        new Error(`${path}: expected to become ready, ended with ${signal ?? code}\n${tail()}`),
      )
    })
    child.send({ kind: 'start', argument }, (cause) => {
      // A child that is already gone is reported by its exit, which knows more.
      if (cause !== null && child.connected) reject(cause)
    })
  })

  return {
    ready,
    pid: pidOf(child, path),
    stop: () => stopChild(child, exited),
    kill: (signal) => void child.kill(signal),
    exited,
  }
}

function pidOf(child: ChildProcess, path: string): number {
  if (child.pid === undefined) throw new Error(`${path}: expected a process id, got none`)
  return child.pid
}

async function stopChild(child: ChildProcess, exited: Promise<Exit>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  if (child.connected) child.disconnect()
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS)
  await exited
  clearTimeout(timer)
}

/** Keeps the end of what the child prints, and appends all of it to the log file if there is one. */
function collectOutput(child: ChildProcess, logFile: string | undefined): () => string {
  const log = logFile === undefined ? undefined : createWriteStream(logFile, { flags: 'a' })
  // A full disk must not take the parent down with the log.
  log?.on('error', (error) => process.stderr.write(`${logFile}: ${error.message}\n`))
  let tail = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8')
    stream?.on('data', (text: string) => {
      tail = (tail + text).slice(-TAIL_CHARACTERS)
      log?.write(text)
    })
  }
  child.once('close', () => log?.end())
  return () => tail
}

/** What a child serves: the value its parent waits for, and how to stop. */
export interface Served<T> {
  ready: T
  stop(): Promise<void>
}

/**
 * Child side of `startChild`. Stops and exits on SIGTERM and when the channel to the parent closes,
 * so that no child outlives its parent, however that one ended. SIGINT is ignored: Ctrl-C reaches the
 * whole process group, and the parent decides the order in which its children stop.
 */
export function serveParent<A, T>(start: (argument: A) => Promise<Served<T>>): void {
  if (process.send === undefined) {
    process.stderr.write('this file is run by the stack, with a channel to its parent\n')
    process.exit(2)
  }
  let started: Promise<Served<T>> | undefined
  let leaving = false

  const leave = async (): Promise<void> => {
    if (leaving) return
    leaving = true
    setTimeout(() => process.exit(1), OWN_STOP_LIMIT_MS).unref()
    // A start that fails has reported its own error.
    const served = await started?.catch(() => undefined)
    await served?.stop()
    process.exit(0)
  }
  const leaveOrCrash = (): void => {
    leave().catch((error: unknown) => {
      process.stderr.write(`${describe(error)}\n`)
      process.exit(1)
    })
  }
  const tell = (message: FromChild<T>, then?: () => void): void => {
    if (process.connected) process.send?.(message, undefined, undefined, () => then?.())
    else then?.()
  }

  process.on('SIGINT', () => {})
  process.on('SIGTERM', leaveOrCrash)
  process.on('disconnect', leaveOrCrash)
  // The parent may have gone while this file was still loading.
  if (!process.connected) leaveOrCrash()
  // A parent that went away takes the reading end of the output with it.
  process.stdout.on('error', () => {})
  process.stderr.on('error', () => {})

  process.on('message', (message) => {
    if (!isStart<A>(message) || started !== undefined || leaving) return
    started = start(message.argument)
    started.then(
      ({ ready }) => tell({ kind: 'ready', ready }),
      (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
        tell({ kind: 'failed', message: describe(error) }, () => process.exit(1))
      },
    )
  })
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
