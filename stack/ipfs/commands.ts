import type { IncomingMessage } from 'node:http'
import { exporter, type RawNode, type UnixFSFile } from 'ipfs-unixfs-exporter'
import { CID } from 'multiformats/cid'
import type { Blocks } from './blocks.ts'
import { exportCar, importCar } from './car.ts'
import { RpcError } from './errors.ts'
import { boundaryOf, onlyPart } from './multipart.ts'
import type { Pins } from './pins.ts'

/**
 * How much of a file is asked of the exporter at once: it reads all it is asked for ahead of a slow
 * reader, so this is the bound on the memory of an answer. A whole number of 1 MiB chunks.
 */
const WINDOW_BYTES = 4 * 1_048_576

export interface Stores {
  blocks: Blocks
  pins: Pins
}

/** What a command answers: one JSON value, a stream of them a line each, or bytes. */
export type Answer =
  | { kind: 'json'; value: unknown }
  | { kind: 'lines'; lines: unknown[]; error?: string }
  | { kind: 'bytes'; pieces: AsyncIterable<Uint8Array> }

type Command = (stores: Stores, query: URLSearchParams, request: IncomingMessage) => Promise<Answer>

/** The calls of Kubo's RPC API that are served, by path below /api/v0/. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['version', version],
  ['dag/import', dagImport],
  ['dag/export', dagExport],
  ['block/get', blockGet],
  ['block/stat', blockStat],
  ['cat', cat],
  ['pin/add', pinAdd],
  ['pin/ls', pinLs],
  ['pin/rm', pinRm],
])

async function version(): Promise<Answer> {
  const value = { Version: '0.0.0-gridwitness', Commit: '', Repo: '', System: '', Golang: '' }
  return { kind: 'json', value }
}

/** Imports one CAR and pins its roots; a root that cannot be pinned is answered with the reason. */
async function dagImport(
  { blocks, pins }: Stores,
  query: URLSearchParams,
  request: IncomingMessage,
): Promise<Answer> {
  const boundary = boundaryOf(request.headers['content-type'])
  const roots = await importCar(onlyPart(request, boundary), blocks)
  if (query.get('pin-roots') === 'false') return { kind: 'lines', lines: [] }
  const lines: { Root: { Cid: { '/': string }; PinErrorMsg: string } }[] = []
  for (const root of roots) {
    const reason = await pin(root, { blocks, pins })
    lines.push({ Root: { Cid: { '/': root.toString() }, PinErrorMsg: reason } })
  }
  const failed = lines.filter(({ Root }) => Root.PinErrorMsg !== '').length
  return failed === 0
    ? { kind: 'lines', lines }
    : {
        kind: 'lines',
        lines,
        error: `unable to pin all roots: ${failed} out of ${lines.length} failed`,
      }
}

/** Pins a DAG of which every block is here. Returns the reason why not, empty when pinned. */
async function pin(root: CID, { blocks, pins }: Stores): Promise<string> {
  try {
    const cids = blocks.walk(root)
    let next = await cids.next()
    while (next.done !== true) next = await cids.next()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  await pins.add(root)
  return ''
}

async function pinAdd(stores: Stores, query: URLSearchParams): Promise<Answer> {
  const root = cidOf(only(query).replace(/^\/ipfs\//, ''))
  const reason = await pin(root, stores)
  if (reason !== '') throw new RpcError(`pin: ${reason}`)
  return { kind: 'json', value: { Pins: [root.toString()] } }
}

async function dagExport({ blocks }: Stores, query: URLSearchParams): Promise<Answer> {
  const root = cidOf(only(query))
  await blocks.get(root)
  return { kind: 'bytes', pieces: exportCar(root, blocks) }
}

async function blockGet({ blocks }: Stores, query: URLSearchParams): Promise<Answer> {
  const bytes = await blocks.get(cidOf(only(query)))
  return { kind: 'bytes', pieces: once(bytes) }
}

async function blockStat({ blocks }: Stores, query: URLSearchParams): Promise<Answer> {
  const cid = cidOf(only(query))
  const bytes = await blocks.get(cid)
  return { kind: 'json', value: { Key: cid.toString(), Size: bytes.length } }
}

/** The bytes of a UnixFS file, `length` of them from `offset` where these are given. */
async function cat({ blocks }: Stores, query: URLSearchParams): Promise<Answer> {
  const path = only(query).replace(/^\/ipfs\//, '')
  await blocks.get(cidOf(path.split('/')[0] ?? ''))
  const entry = await exporter(path, blocks.store)
  if (entry.type === 'directory') throw new RpcError('this dag node is a directory')
  if (entry.type !== 'file' && entry.type !== 'raw') {
    throw new RpcError(`${path}: expected a file, got ${entry.type}`)
  }
  const size = Number(entry.size)
  const offset = Math.min(bytesOf(query, 'offset') ?? 0, size)
  const length = Math.min(bytesOf(query, 'length') ?? size, size - offset)
  return { kind: 'bytes', pieces: contentOf(entry, offset, offset + length) }
}

async function* contentOf(
  entry: UnixFSFile | RawNode,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  let offset = start
  while (offset < end) {
    const windowEnd = Math.min(end, offset - (offset % WINDOW_BYTES) + WINDOW_BYTES)
    yield* entry.content({ offset, length: windowEnd - offset })
    offset = windowEnd
  }
}

/** The recursive pins, all of them or those asked for: this server makes no others. */
async function pinLs({ pins }: Stores, query: URLSearchParams): Promise<Answer> {
  const type = query.get('type') ?? 'all'
  if (!['all', 'recursive', 'direct', 'indirect'].includes(type)) {
    throw new RpcError(`invalid type '${type}', must be one of {direct, indirect, recursive, all}`)
  }
  const shown = type === 'all' || type === 'recursive'
  const asked = query.getAll('arg')
  const found: string[] = []
  for (const path of asked) {
    const cid = cidOf(path.replace(/^\/ipfs\//, ''))
    if (!shown || !(await pins.has(cid))) throw new RpcError(`path '${path}' is not pinned`)
    found.push(cid.toString())
  }
  const cids = asked.length > 0 ? found : shown ? await pins.list() : []
  if (query.get('stream') === 'true') {
    return { kind: 'lines', lines: cids.map((cid) => ({ Cid: cid, Type: 'recursive' })) }
  }
  const keys = cids.map((cid) => [cid, { Type: 'recursive', Name: '' }])
  return { kind: 'json', value: { Keys: Object.fromEntries(keys) } }
}

async function pinRm({ pins }: Stores, query: URLSearchParams): Promise<Answer> {
  const cid = cidOf(only(query).replace(/^\/ipfs\//, ''))
  if (!(await pins.remove(cid))) throw new RpcError('not pinned or pinned indirectly')
  return { kind: 'json', value: { Pins: [cid.toString()] } }
}

function only(query: URLSearchParams): string {
  const [argument, ...others] = query.getAll('arg')
  if (argument === undefined || others.length > 0) {
    const got = argument === undefined ? 0 : others.length + 1
    throw new RpcError(`arg: expected one, got ${got}`, { status: 400 })
  }
  return argument
}

function cidOf(text: string): CID {
  try {
    return CID.parse(text)
  } catch (cause) {
    throw new RpcError(`invalid path "${text}": expected a CID`, { cause })
  }
}

function bytesOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  const value = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new RpcError(`${name}: expected a number of bytes, got ${text}`, { status: 400 })
  }
  return value
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
