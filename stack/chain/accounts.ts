import { HDNodeWallet, Mnemonic } from 'ethers'

/** Known to the whole world: worth nothing on any other chain. */
const DEV_MNEMONIC = 'test test test test test test test test test test test junk'
const ACCOUNT_COUNT = 10

export interface DevAccount {
  address: string
  /** 32 bytes of `0x` hex. */
  privateKey: string
}

/** The accounts to which anvil gives 10,000 ether each at block 0. */
export function devAccounts(): DevAccount[] {
  const parent = HDNodeWallet.fromMnemonic(Mnemonic.fromPhrase(DEV_MNEMONIC), "m/44'/60'/0'/0")
  return Array.from({ length: ACCOUNT_COUNT }, (_, index) => {
    const { address, privateKey } = parent.deriveChild(index)
    return { address, privateKey }
  })
}
