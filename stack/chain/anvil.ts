import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Readable } from 'node:stream'
import { callRpc } from './rpc.ts'

const READY_LIMIT_MS = 30_000
const CALL_TIMEOUT_MS = 10_000
const TAIL_CHARACTERS = 2_000

const PACKAGES: Record<string, string> = {
  'linux-x64': '@foundry-rs/anvil-linux-amd64/bin/anvil',
  'linux-arm64': '@foundry-rs/anvil-linux-arm64/bin/anvil',
  'darwin-x64': '@foundry-rs/anvil-darwin-amd64/bin/anvil',
  'darwin-arm64': '@foundry-rs/anvil-darwin-arm64/bin/anvil',
}

export interface AnvilOptions {
  port: number
  chainId: number
  /** Seconds between blocks; a block per transaction when absent. */
  blockTimeSeconds?: number
  /** Folder for what anvil writes beside its state. */
  cacheDir: string
  /** State to continue from; a new chain when absent. */
  stateFile?: string
}

export interface Anvil {
  rpcUrl: string
  pid: number
  /** Resolves with what anvil said last when it has ended, for whatever reason. */
  ended: Promise<string>
  /** Ends it at once; what was not saved is gone. */
  stop(): Promise<void>
}

/** Starts anvil on 127.0.0.1. Resolves when it answers eth_chainId; throws with its own words when it ends before. */
export async function startAnvil(options: AnvilOptions): Promise<Anvil> {
  const rpcUrl = `http://127.0.0.1:${options.port}`
  // A process group of its own: Ctrl-C at the terminal must not reach it before its state is saved.
  const anvil = spawn(anvilBinary(), argumentsOf(options), {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let said = ''
  anvil.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-TAIL_CHARACTERS)
  })
  const ended = new Promise<string>((resolve) => {
    anvil.once('error', (error) => resolve(error.message))
    anvil.once('close', (code, signal) => resolve(`ended with ${signal ?? code} ${said}`.trim()))
  })
  const { pid } = anvil
  if (pid === undefined) throw new Error(`anvil: cannot be started: ${await ended}`)
  const guard = guardOf(pid)
  void ended.then(() => guard.kill('SIGKILL'))

  // It has nothing to finish: the saver keeps the state, and an orderly end would wait for its clients.
  const stop = async (): Promise<void> => {
    anvil.kill('SIGKILL')
    await ended
  }
  try {
    await Promise.race([untilReady(anvil.stdout, rpcUrl, options.chainId), ended.then(refuse)])
  } catch (error) {
    await stop()
    throw error
  }
  return { rpcUrl, pid, ended, stop }
}

/** The binary that the npm package of this platform carries. */
function anvilBinary(): string {
  const platform = `${process.platform}-${process.arch}`
  const path = PACKAGES[platform]
  if (path === undefined) {
    throw new Error(`anvil: expected one of ${Object.keys(PACKAGES).join(', ')}, got ${platform}`)
  }
  const { resolve } = createRequire(
    createRequire(import.meta.url).resolve('@foundry-rs/anvil/package.json'),
  )
  const file = resolve(path)
  if (!existsSync(file)) throw new Error(`anvil: expected the binary at ${file}, got none`)
  return file
}

function argumentsOf({
  port,
  chainId,
  blockTimeSeconds,
  cacheDir,
  stateFile,
}: AnvilOptions): string[] {
  return [
    ...['--host', '127.0.0.1', '--port', String(port), '--chain-id', String(chainId)],
    ...['--cache-path', cacheDir],
    ...(blockTimeSeconds === undefined ? [] : ['--block-time', String(blockTimeSeconds)]),
    ...(stateFile === undefined ? [] : ['--load-state', stateFile]),
  ]
}

/** Ends anvil when this process is gone, even by SIGKILL: the system then closes the pipe that the guard reads from. */
function guardOf(pid: number): ChildProcess {
  return spawn('/bin/sh', ['-c', 'read -r _; kill -KILL "$0"', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
}

/** The answer alone would not do: on a port that was taken, it would come from a stranger. */
async function untilReady(output: Readable, rpcUrl: string, chainId: number): Promise<void> {
  await untilListening(output)
  const answer = await callRpc(rpcUrl, 'eth_chainId', [], CALL_TIMEOUT_MS)
  if (answer !== `0x${chainId.toString(16)}`) {
    throw new Error(`anvil: expected chain ${chainId}, got ${JSON.stringify(answer)}`)
  }
}

function untilListening(output: Readable): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`anvil: expected it to listen within ${READY_LIMIT_MS} ms`)),
      READY_LIMIT_MS,
    )
    let said = ''
    const read = (text: string): void => {
      said += text
      if (!/^Listening on /m.test(said)) return
      clearTimeout(timer)
      // What it says from now on is read, lest it wait on a full pipe, and dropped.
      output.off('data', read).resume()
      resolve()
    }
    output
      .setEncoding('utf8')
      .on('data', read)
      .once('close', () => clearTimeout(timer))
  })
}

function refuse(said: string): never {
  throw new Error(`anvil: expected it to become ready, ${said}`)
}
