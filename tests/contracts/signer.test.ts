import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encryptKeystoreJsonSync, Transaction, Wallet } from 'ethers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { transactionSigner, type SignerSettings } from '../../server/adapters/transaction-signer.ts'
import { startChain, type Chain } from '../../stack/chain/index.ts'

const PASSWORD = 'correct horse battery staple'

let dir: string
let chain: Chain
let wallet: Wallet
/** Answers as it is told to, in place of a signer. */
let double: { url: string; server: Server; answer: unknown }

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gridwitness-signer-'))
  chain = await startChain({ dir })
  wallet = new Wallet(chain.accounts[0]?.privateKey ?? '')
  const server = createServer((_request, response) => {
    response.end(JSON.stringify(double.answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  double = { server, answer: null, url: `http://127.0.0.1:${port}/?token=hunter2` }
})
afterAll(async () => {
  double?.server.close()
  await chain?.stop()
  await rm(dir, { recursive: true, force: true })
})

const call = (nonce = 7) =>
  Transaction.from({
    type: 2,
    chainId: chain.chainId,
    to: '0x00000000000000000000000000000000deadbeef',
    data: '0x1234',
    nonce,
    gasLimit: 100_000n,
    maxFeePerGas: 3_000_000_000n,
    maxPriorityFeePerGas: 1n,
  })

/** With as little work as the format allows; how much, a keystore says itself. */
const keystore = () => {
  const { address, privateKey } = wallet
  return encryptKeystoreJsonSync({ address, privateKey }, PASSWORD, {
    scrypt: { N: 2, r: 8, p: 1 },
  })
}

const ways: [name: string, settings: () => SignerSettings][] = [
  ['a key', () => ({ kind: 'key', key: wallet.privateKey })],
  [
    'a keystore under a password',
    () => ({ kind: 'keystore', json: keystore(), password: PASSWORD }),
  ],
  [
    'a node that holds the key',
    () => ({ kind: 'remote', url: chain.rpcUrl, address: wallet.address }),
  ],
]

describe.each(ways)('a signer with %s', (_, settings) => {
  it('signs the given transaction, and nothing else, for its account', async () => {
    const signer = transactionSigner(settings())
    expect(signer.address).toBe(wallet.address)
    const signed = Transaction.from(await signer.sign(call()))
    expect(signed.from).toBe(wallet.address)
    expect(signed.unsignedHash).toBe(call().unsignedHash)
  })
})

describe('a keystore', () => {
  it('is refused with another password, and nothing of it is told', () => {
    const json = keystore()
    const open = () => transactionSigner({ kind: 'keystore', json, password: 'guess' })
    expect(open).toThrow('anchoring keystore: expected a Web3 keystore and its password')
    expect(() => transactionSigner({ kind: 'keystore', json: '{}', password: PASSWORD })).toThrow(
      'expected a Web3 keystore',
    )
  })
})

describe('a remote signer', () => {
  const remote = (url = double.url) =>
    transactionSigner({ kind: 'remote', url, address: wallet.address }).sign(call())

  it('may answer the bytes alone, or beside the transaction', async () => {
    const raw = await wallet.signTransaction(call())
    for (const result of [raw, { raw, tx: {} }]) {
      double.answer = { jsonrpc: '2.0', id: 1, result }
      expect(await remote()).toBe(raw)
    }
  })

  it('is not believed when it signed something else, or with another key', async () => {
    const lies = [
      await wallet.signTransaction(call(8)),
      await Wallet.createRandom().signTransaction(call()),
      '0x1234',
    ]
    for (const result of lies) {
      double.answer = { result }
      await expect(remote()).rejects.toMatchObject({ code: 'wrong_signature' })
    }
  })

  it('that refuses, or is away, can be asked again; where it is stays untold', async () => {
    double.answer = { error: { message: 'the vault is sealed' } }
    await expect(remote()).rejects.toMatchObject({
      code: 'signer_unavailable',
      message: 'remote signer: the vault is sealed',
    })
    double.answer = 'nonsense'
    await expect(remote()).rejects.toMatchObject({ code: 'signer_unavailable' })
    const away = remote('http://127.0.0.1:9/?token=hunter2')
    await expect(away).rejects.toMatchObject({ code: 'signer_unavailable' })
    await expect(away).rejects.not.toThrow('hunter2')
  })
})
