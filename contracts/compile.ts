import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { keccak256 } from 'ethers'
import solc from 'solc'
import { z } from 'zod'

const SOURCES = ['IGridwitnessLedger.sol', 'InclusionPath.sol', 'GridwitnessLedger.sol']
const SOURCE_FOLDER = fileURLToPath(new URL('src/', import.meta.url))
const ARTIFACT_FOLDER = fileURLToPath(new URL('artifacts/', import.meta.url))
const CONTRACT = 'GridwitnessLedger'

/** Everything that decides the code, and nothing else: comments and paths leave the code hash as it is. */
const SETTINGS = {
  optimizer: { enabled: true, runs: 10_000 },
  evmVersion: 'cancun',
  metadata: { bytecodeHash: 'none', appendCBOR: false },
}

const compilerOutput = z.object({
  errors: z.array(z.object({ formattedMessage: z.string() })).default([]),
  contracts: z
    .record(
      z.string(),
      z.record(
        z.string(),
        z.object({
          abi: z.array(z.record(z.string(), z.json())),
          evm: z.object({
            bytecode: z.object({ object: z.string() }),
            deployedBytecode: z.object({ object: z.string() }),
          }),
        }),
      ),
    )
    .default({}),
})

export interface Artifact {
  abi: Record<string, unknown>[]
  /** Creation code, `0x` hex, without constructor arguments. */
  bytecode: string
  /** Code that every deployment has on chain, `0x` hex. */
  runtimeCode: string
  /** keccak256 of the runtime code, `0x` hex. */
  codeHash: string
  compiler: { version: string; settings: typeof SETTINGS }
}

/**
 * Compiles the ledger with solc from npm. A warning is an error.
 * Throws with the compiler's own messages when there is any.
 */
export function compileLedger(): Artifact {
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(
      SOURCES.map((name) => [
        name,
        { content: readFileSync(resolve(SOURCE_FOLDER, name), 'utf8') },
      ]),
    ),
    settings: {
      ...SETTINGS,
      outputSelection: {
        '*': { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object'] },
      },
    },
  }
  const answer: string = solc.compile(JSON.stringify(input), { import: readImport })
  const output = compilerOutput.parse(JSON.parse(answer))
  if (output.errors.length > 0) {
    throw new Error(output.errors.map((error) => error.formattedMessage).join('\n'))
  }
  const compiled = output.contracts[`${CONTRACT}.sol`]?.[CONTRACT]
  if (compiled === undefined) throw new Error(`solc: expected the contract ${CONTRACT}, got none`)
  const runtimeCode = `0x${compiled.evm.deployedBytecode.object}`
  return {
    abi: compiled.abi,
    bytecode: `0x${compiled.evm.bytecode.object}`,
    runtimeCode,
    codeHash: keccak256(runtimeCode),
    compiler: { version: solc.version(), settings: SETTINGS },
  }
}

/** solc asks for what the sources import; only OpenZeppelin's contracts come from outside. */
function readImport(path: string): { contents: string } | { error: string } {
  if (!path.startsWith('@openzeppelin/contracts/')) {
    return { error: `expected an import from @openzeppelin/contracts, got ${path}` }
  }
  const file = createRequire(import.meta.url).resolve(path)
  return { contents: readFileSync(file, 'utf8') }
}

async function main(): Promise<void> {
  const artifact = compileLedger()
  const file = resolve(ARTIFACT_FOLDER, `${CONTRACT}.json`)
  await mkdir(ARTIFACT_FOLDER, { recursive: true })
  await writeFile(file, `${JSON.stringify(artifact, null, 2)}\n`)
  const sizeBytes = (artifact.runtimeCode.length - 2) / 2
  process.stdout.write(`${file}: ${sizeBytes} bytes of code, hash ${artifact.codeHash}\n`)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main()
