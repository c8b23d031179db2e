import { Transaction, Wallet, getAddress, toQuantity, type TransactionLike } from 'ethers'
import { z } from 'zod'
import { CodedError, messageOf } from '../../shared/coded-error.ts'

/** `signer_unavailable`: try again later. `wrong_signature`: what was signed is not what was asked for; it is never sent. */
export type SignerErrorCode = 'signer_unavailable' | 'wrong_signature'

/** Where the key of the anchoring account is. */
export type SignerSettings =
  | { kind: 'key'; key: string }
  /** `json` is a Web3 Secret Storage document of version 3. */
  | { kind: 'keystore'; json: string; password: string }
  /** JSON-RPC with `eth_signTransaction`, as Web3Signer and Clef speak it. */
  | { kind: 'remote'; url: string; address: string }

/**
 * Signs transactions of one account, and sends nothing. The same transaction may be signed again. What is answered is the
 * transaction that was given, signed by this account: whoever holds the key can add nothing to it.
 */
export interface TransactionSigner {
  readonly address: string
  sign(transaction: Transaction): Promise<string>
}

/** Takes about a second for a keystore, which is what keeps its password from being guessed. Throws for a wrong password. */
export function transactionSigner(settings: SignerSettings): TransactionSigner {
  switch (settings.kind) {
    case 'key':
      return walletSigner(new Wallet(settings.key))
    case 'keystore':
      return walletSigner(opened(settings.json, settings.password))
    case 'remote':
      return remoteSigner(settings.url, settings.address)
  }
}

const walletSigner = (wallet: Pick<Wallet, 'address' | 'signTransaction'>): TransactionSigner => ({
  address: wallet.address,
  sign: (transaction) => wallet.signTransaction(transaction),
})

function opened(json: string, password: string) {
  try {
    return new Wallet(Wallet.fromEncryptedJsonSync(json, password).privateKey)
  } catch (cause) {
    // What the library says of it may hold the document.
    throw new Error('anchoring keystore: expected a Web3 keystore and its password', { cause })
  }
}

const TIMEOUT_MS = 10_000
const hex = z.string().regex(/^0x(?:[0-9a-f]{2})+$/i)
/** Geth and Clef answer the transaction beside its bytes. */
const answerSchema = z.union([
  z.object({ result: z.union([hex, z.object({ raw: hex }).transform(({ raw }) => raw)]) }),
  z.object({ error: z.object({ message: z.string() }) }),
])

function remoteSigner(url: string, account: string): TransactionSigner {
  const address = getAddress(account)
  return {
    address,
    async sign(transaction) {
      const raw = await askedToSign(url, callOf(transaction, address))
      expectSigned(raw, transaction, address)
      return raw
    },
  }
}

const callOf = (transaction: Transaction, from: string) => ({
  from,
  to: transaction.to,
  data: transaction.data,
  nonce: toQuantity(transaction.nonce),
  chainId: toQuantity(transaction.chainId),
  type: '0x2',
  value: toQuantity(transaction.value),
  gas: toQuantity(transaction.gasLimit),
  maxFeePerGas: toQuantity(transaction.maxFeePerGas ?? 0n),
  maxPriorityFeePerGas: toQuantity(transaction.maxPriorityFeePerGas ?? 0n),
})

/** The address of the signer stays out of what is told: it may hold a password. */
async function askedToSign(url: string, call: object): Promise<string> {
  const refused = (said: string, cause?: unknown) =>
    new CodedError<SignerErrorCode>('signer_unavailable', `remote signer: ${said}`, { cause })
  let answer: z.output<typeof answerSchema>
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'eth_signTransaction',
        params: [call],
      }),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    answer = answerSchema.parse(await response.json())
  } catch (cause) {
    throw refused('expected a JSON-RPC answer, got none', cause)
  }
  if ('error' in answer) throw refused(answer.error.message.slice(0, 200))
  return answer.result
}

function expectSigned(raw: string, asked: Transaction, address: string): void {
  let signed: TransactionLike & { from: string | null; unsignedHash: string }
  try {
    signed = Transaction.from(raw)
  } catch (error) {
    throw wrongSignature(messageOf(error).slice(0, 80))
  }
  if (signed.unsignedHash !== asked.unsignedHash) throw wrongSignature('another transaction')
  if (signed.from !== address) throw wrongSignature(`one by ${signed.from ?? 'nobody'}`)
}

const wrongSignature = (got: string) =>
  new CodedError<SignerErrorCode>(
    'wrong_signature',
    `remote signer: expected the given transaction, signed by the anchoring account, got ${got}`,
  )
