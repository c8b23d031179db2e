/**
 * The few parts of an ELF64 little-endian shared object the rebind touches.
 * Source: System V ABI, chapters 4 and 5; symbol versions: LSB Core, "Symbol Versioning".
 */

type ElfErrorCode = 'not_elf' | 'unsupported' | 'truncated' | 'inconsistent' | 'unknown_symbol'

/** A file that is refused. The message says which field, what was expected and what was found. */
export class ElfError extends Error {
  readonly code: ElfErrorCode

  constructor(code: ElfErrorCode, message: string) {
    super(message)
    this.name = 'ElfError'
    this.code = code
  }
}

const HEADER_BYTES = 64
const SECTION_BYTES = 64
const PROGRAM_HEADER_BYTES = 56
const DYNAMIC_ENTRY_BYTES = 16
export const SYMBOL_BYTES = 24

const PT_LOAD = 1
const PT_DYNAMIC = 2

/** The tables the loader reads: section type, and the dynamic tag that must give its address. */
const TABLES = {
  symbols: { type: 11, tag: 6 },
  versions: { type: 0x6fffffff, tag: 0x6ffffff0 },
  needs: { type: 0x6ffffffe, tag: 0x6ffffffe },
} as const
const STRING_TABLE = { type: 3, tag: 5 } as const

interface Table {
  offset: number
  size: number
  /** Number of records, where the section says so (`.gnu.version_r`). */
  info: number
}

export interface SharedObject {
  symbols: Table
  versions: Table
  needs: Table
  strings: Table
}

interface Section extends Table {
  index: number
  type: number
  address: number
  link: number
}

interface Segment {
  type: number
  offset: number
  address: number
  fileSize: number
}

/** Bounds-checked little-endian reads; every refusal names what was being read. */
export class Reader {
  readonly #view: DataView

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  require(what: string, offset: number, size: number): void {
    if (offset + size > this.#view.byteLength) {
      throw new ElfError(
        'truncated',
        `${what}: expected ${size} bytes at ${offset}, got a file of ${this.#view.byteLength}`,
      )
    }
  }

  u8(what: string, offset: number): number {
    this.require(what, offset, 1)
    return this.#view.getUint8(offset)
  }

  u16(what: string, offset: number): number {
    this.require(what, offset, 2)
    return this.#view.getUint16(offset, true)
  }

  u32(what: string, offset: number): number {
    this.require(what, offset, 4)
    return this.#view.getUint32(offset, true)
  }

  /** A file offset, address or size: beyond 2^53 no file could hold it. */
  u64(what: string, offset: number): number {
    this.require(what, offset, 8)
    const value = this.#view.getBigUint64(offset, true)
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new ElfError('inconsistent', `${what}: expected below 2^53, got ${value}`)
    }
    return Number(value)
  }
}

export function expectField(
  code: ElfErrorCode,
  what: string,
  got: number,
  ...expected: number[]
): void {
  if (!expected.includes(got)) {
    throw new ElfError(code, `${what}: expected ${expected.join(' or ')}, got ${got}`)
  }
}

/**
 * Finds the dynamic symbol tables of a shared object. The section headers give their sizes; the
 * dynamic segment, which is what the loader follows, must agree on where they are.
 */
export function parseSharedObject(bytes: Uint8Array): SharedObject {
  const read = new Reader(bytes)
  checkHeader(read)
  const sections = readSections(read)
  const segments = readSegments(read)

  const symbols = onlySection(sections, '.dynsym', TABLES.symbols.type)
  const versions = onlySection(sections, '.gnu.version', TABLES.versions.type)
  const needs = onlySection(sections, '.gnu.version_r', TABLES.needs.type)
  const strings = sections[symbols.link]
  if (strings === undefined) {
    throw new ElfError('inconsistent', `.dynsym sh_link: expected a section, got ${symbols.link}`)
  }
  expectField('inconsistent', '.dynstr sh_type', strings.type, STRING_TABLE.type)
  expectField('inconsistent', '.gnu.version sh_link', versions.link, symbols.index)
  expectField('inconsistent', '.gnu.version_r sh_link', needs.link, strings.index)
  expectField('inconsistent', '.dynsym size mod 24', symbols.size % SYMBOL_BYTES, 0)
  expectField('inconsistent', '.gnu.version size', versions.size, (symbols.size / SYMBOL_BYTES) * 2)

  const dynamic = readDynamic(read, segments)
  checkMapped('.dynsym', symbols, dynamic.get(TABLES.symbols.tag), segments)
  checkMapped('.gnu.version', versions, dynamic.get(TABLES.versions.tag), segments)
  checkMapped('.gnu.version_r', needs, dynamic.get(TABLES.needs.tag), segments)
  checkMapped('.dynstr', strings, dynamic.get(STRING_TABLE.tag), segments)
  return { symbols, versions, needs, strings }
}

function checkHeader(read: Reader): void {
  expectField('not_elf', 'magic', read.u32('magic', 0), 0x464c457f)
  read.require('ELF header', 0, HEADER_BYTES)
  expectField('unsupported', 'class (2 is 64-bit)', read.u8('class', 4), 2)
  expectField('unsupported', 'data (1 is little endian)', read.u8('data', 5), 1)
  expectField('unsupported', 'identification version', read.u8('version', 6), 1)
  expectField('unsupported', 'OS/ABI (0 System V, 3 GNU)', read.u8('OS/ABI', 7), 0, 3)
  for (let at = 8; at < 16; at++) expectField('unsupported', 'padding', read.u8('padding', at), 0)
  expectField('unsupported', 'type (3 is a shared object)', read.u16('type', 16), 3)
  expectField('unsupported', 'machine (62 x86-64, 183 AArch64)', read.u16('machine', 18), 62, 183)
  expectField('unsupported', 'version', read.u32('version', 20), 1)
  expectField('unsupported', 'header size', read.u16('header size', 52), HEADER_BYTES)
  expectField('unsupported', 'program header size', read.u16('phentsize', 54), PROGRAM_HEADER_BYTES)
  expectField('unsupported', 'section header size', read.u16('shentsize', 58), SECTION_BYTES)
}

function readSections(read: Reader): Section[] {
  const start = read.u64('section header offset', 40)
  const count = read.u16('number of sections', 60)
  read.require('section headers', start, count * SECTION_BYTES)
  return Array.from({ length: count }, (_, index) => {
    const at = start + index * SECTION_BYTES
    const what = `section ${index}`
    return {
      index,
      type: read.u32(what, at + 4),
      address: read.u64(what, at + 16),
      offset: read.u64(what, at + 24),
      size: read.u64(what, at + 32),
      link: read.u32(what, at + 40),
      info: read.u32(what, at + 44),
    }
  })
}

function onlySection(sections: Section[], name: string, type: number): Section {
  const [section, ...others] = sections.filter((candidate) => candidate.type === type)
  if (section === undefined || others.length > 0) {
    const got = section === undefined ? 0 : others.length + 1
    throw new ElfError('inconsistent', `${name}: expected one section of type ${type}, got ${got}`)
  }
  return section
}

function readSegments(read: Reader): Segment[] {
  const start = read.u64('program header offset', 32)
  const count = read.u16('number of program headers', 56)
  read.require('program headers', start, count * PROGRAM_HEADER_BYTES)
  return Array.from({ length: count }, (_, index) => {
    const at = start + index * PROGRAM_HEADER_BYTES
    const what = `program header ${index}`
    return {
      type: read.u32(what, at),
      offset: read.u64(what, at + 8),
      address: read.u64(what, at + 16),
      fileSize: read.u64(what, at + 32),
    }
  })
}

/** Dynamic tags and their values; the table ends at tag 0. */
function readDynamic(read: Reader, segments: Segment[]): Map<number, number> {
  const segment = segments.find(({ type }) => type === PT_DYNAMIC)
  if (segment === undefined) {
    throw new ElfError('inconsistent', 'PT_DYNAMIC: expected one program header, got none')
  }
  read.require('dynamic segment', segment.offset, segment.fileSize)
  const tags = new Map<number, number>()
  for (let at = 0; at + DYNAMIC_ENTRY_BYTES <= segment.fileSize; at += DYNAMIC_ENTRY_BYTES) {
    const tag = read.u64('dynamic tag', segment.offset + at)
    if (tag === 0) return tags
    tags.set(tag, read.u64(`dynamic tag ${tag}`, segment.offset + at + 8))
  }
  throw new ElfError('inconsistent', 'dynamic segment: expected a last entry of tag 0, got none')
}

function checkMapped(
  name: string,
  section: Section,
  address: number | undefined,
  segments: Segment[],
): void {
  if (address !== section.address) {
    throw new ElfError(
      'inconsistent',
      `${name} address: expected ${section.address} as its section says, got ${address} in the dynamic segment`,
    )
  }
  const mapped = segments.some(
    (segment) =>
      segment.type === PT_LOAD &&
      address >= segment.address &&
      address + section.size <= segment.address + segment.fileSize &&
      address - segment.address === section.offset - segment.offset,
  )
  if (!mapped) {
    throw new ElfError(
      'inconsistent',
      `${name}: expected a loaded segment with its ${section.size} bytes at ${section.offset}, got none`,
    )
  }
}
