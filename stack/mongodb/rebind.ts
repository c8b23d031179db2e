import { ElfError, expectField, parseSharedObject, Reader, SYMBOL_BYTES } from './elf.ts'
import type { SharedObject } from './elf.ts'

/** The glibc release whose symbols are replaced by the older ones of the same meaning. */
export const REBOUND_GLIBC_MINOR = 38

/** Bytes of `__isoc23_`: advancing a name by them leaves the symbol's name before C23. */
const C23_PREFIX = '__isoc23_'

/**
 * Symbols of GLIBC_2.38 with an older one that does the same for the engine: the C23 aliases differ
 * in accepting binary literals, `fmod` in no longer setting errno.
 */
const KNOWN_SYMBOLS = new Set([
  ...['strtol', 'strtoll', 'strtoul', 'strtoull', 'sscanf', 'fscanf'].map((n) => C23_PREFIX + n),
  'fmod',
])

const NEED_BYTES = 16
const VERSION_BYTES = 16
const VER_NDX_GLOBAL = 1
const VER_FLG_WEAK = 2
/** The high bit of a version index hides a definition: it has no place on what is asked for. */
const HIDDEN_BIT = 0x8000

/**
 * A copy of a shared object that no longer needs glibc 2.38: each undefined symbol of that version
 * takes its older name and the global version, and the need itself becomes weak, so that a loader
 * without it only skips it. A file without such a need comes back as it is. Never writes to `bytes`.
 * Throws ElfError for a file that is not fully understood.
 */
export function rebindGlibc(bytes: Uint8Array): Uint8Array {
  const object = parseSharedObject(bytes)
  const needs = readNeeds(bytes, object)
  const rebound = Uint8Array.from(bytes)
  const write = new DataView(rebound.buffer)
  const unused = new Set(needs.map(({ index }) => index))
  for (const symbol of symbolsOf(bytes, object, new Set(unused))) {
    unused.delete(symbol.version)
    if (!KNOWN_SYMBOLS.has(symbol.name) || symbol.section !== 0) {
      const state = symbol.section === 0 ? '' : ' (defined here)'
      throw new ElfError(
        'unknown_symbol',
        `symbol of GLIBC_2.${REBOUND_GLIBC_MINOR}: expected one of ${[...KNOWN_SYMBOLS].join(', ')}, got ${symbol.name}${state}`,
      )
    }
    const skipped = symbol.name.startsWith(C23_PREFIX) ? C23_PREFIX.length : 0
    write.setUint32(symbol.offset, symbol.nameOffset + skipped, true)
    write.setUint16(symbol.versionOffset, VER_NDX_GLOBAL, true)
  }
  for (const index of unused) {
    throw new ElfError(
      'inconsistent',
      `version ${index}: expected a symbol that needs it, got none`,
    )
  }
  for (const need of needs) write.setUint16(need.flagsOffset, VER_FLG_WEAK, true)
  return rebound
}

interface Need {
  index: number
  flagsOffset: number
}

/** The needs of GLIBC_2.38, one for each library. A need of a later release is refused. */
function readNeeds(bytes: Uint8Array, { needs, strings }: SharedObject): Need[] {
  const read = new Reader(bytes)
  const found: Need[] = []
  const end = needs.offset + needs.size
  const inside = (what: string, at: number, size: number): void => {
    if (at + size > end) {
      throw new ElfError('truncated', `${what}: expected to end by ${end}, got ${at + size}`)
    }
  }
  let at = needs.offset
  for (let file = 0; file < needs.info; file++) {
    inside('vn_file record', at, NEED_BYTES)
    expectField('unsupported', 'vn_version', read.u16('vn_version', at), 1)
    const count = read.u16('vn_cnt', at + 2)
    let version = at + read.u32('vn_aux', at + 8)
    for (let i = 0; i < count; i++) {
      inside('vna record', version, VERSION_BYTES)
      const name = nameAt(bytes, strings, read.u32('vna_name', version + 8))
      expectField('inconsistent', `${name} vna_hash`, read.u32('vna_hash', version), elfHash(name))
      const release = /^GLIBC_2\.(\d+)$/.exec(name)?.[1]
      if (Number(release) > REBOUND_GLIBC_MINOR) {
        throw new ElfError(
          'unknown_symbol',
          `needed version: expected GLIBC_2.${REBOUND_GLIBC_MINOR} at most, got ${name}`,
        )
      }
      if (Number(release) === REBOUND_GLIBC_MINOR) {
        expectField('unsupported', `${name} vna_flags`, read.u16('vna_flags', version + 4), 0)
        found.push({ index: read.u16('vna_other', version + 6), flagsOffset: version + 4 })
      }
      version += step('vna_next', read.u32('vna_next', version + 12), i === count - 1)
    }
    at += step('vn_next', read.u32('vn_next', at + 12), file === needs.info - 1)
  }
  return found
}

/** The hash of a version's name that stands beside it. Source: System V ABI, "Hash Table". */
function elfHash(name: string): number {
  let hash = 0
  for (const byte of new TextEncoder().encode(name)) {
    hash = ((hash << 4) + byte) >>> 0
    const high = hash & 0xf0000000
    hash = (hash ^ (high >>> 24)) & 0x0fffffff
  }
  return hash
}

/** A list of records ends with a zero step, and only there. */
function step(what: string, next: number, last: boolean): number {
  if (last !== (next === 0)) {
    const expected = last ? '0 in the last record' : 'a step to the next record'
    throw new ElfError('inconsistent', `${what}: expected ${expected}, got ${next}`)
  }
  return next
}

interface VersionedSymbol {
  version: number
  name: string
  nameOffset: number
  /** 0 for a symbol another library must bring. */
  section: number
  offset: number
  versionOffset: number
}

function* symbolsOf(
  bytes: Uint8Array,
  { symbols, versions, strings }: SharedObject,
  indices: Set<number>,
): Generator<VersionedSymbol> {
  const read = new Reader(bytes)
  for (let i = 0; i < symbols.size / SYMBOL_BYTES; i++) {
    const versionOffset = versions.offset + i * 2
    const marked = read.u16('.gnu.version', versionOffset)
    const version = marked & ~HIDDEN_BIT
    if (!indices.has(version)) continue
    expectField('unsupported', `version of symbol ${i}`, marked, version)
    const offset = symbols.offset + i * SYMBOL_BYTES
    const nameOffset = read.u32('st_name', offset)
    const name = nameAt(bytes, strings, nameOffset)
    const section = read.u16('st_shndx', offset + 6)
    yield { version, name, nameOffset, section, offset, versionOffset }
  }
}

function nameAt(bytes: Uint8Array, strings: SharedObject['strings'], offset: number): string {
  const end = strings.offset + strings.size
  const start = strings.offset + offset
  const zero = bytes.subarray(0, end).indexOf(0, start)
  if (start >= end || zero === -1) {
    throw new ElfError(
      'inconsistent',
      `name: expected a string within the ${strings.size} bytes of .dynstr, got offset ${offset}`,
    )
  }
  return new TextDecoder().decode(bytes.subarray(start, zero))
}
