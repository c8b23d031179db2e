/** How this module differs from the manual; each is seen in a public driver or in the maker's own notes. */
export interface Quirks {
  /** Pieces in which answers arrive, in bytes; one byte at a time is legal on a serial line. */
  chunkBytes: number
  /** `ATE0` is answered and forgotten. */
  losesEchoOff: boolean
  /** `+CPIN:READY`, without the space. */
  noSpaceAfterColon: boolean
  /** `+CHTTPCREAT: 0` for `+CHTTPCREATE: 0`. */
  shortCreateName: boolean
  /** The registration is told as `+CGREG:`. */
  registrationAsCgreg: boolean
  /** What the length in `+CHTTPNMIC` counts, or that its comma is missing. */
  contentLength: 'hex' | 'bytes' | 'missing'
  /** Bytes of body in one `+CHTTPNMIC`. */
  contentPieceBytes: number
  /** Boots without `RDY`, as with automatic baud rate. */
  silentBoot: boolean
  /** The network never tells the time. */
  noNetworkTime: boolean
  /** An unsolicited line is put before every final result. */
  chatty: boolean
  /** A connection right after `CMQNEW` fails; it needs a second. */
  mqttNeedsPause: boolean
  /** A certificate of an earlier life makes the first slice of CSETCA fail. */
  staleCertificate: boolean
  /** The first address after attaching is 127.0.0.1; only a restart cures it. */
  loopbackAddress: boolean
  /** The first `AT` after power-on are eaten while the rate is found. */
  deafToFirst: number
}

export const FAITHFUL: Quirks = {
  chunkBytes: 4096,
  losesEchoOff: false,
  noSpaceAfterColon: false,
  shortCreateName: false,
  registrationAsCgreg: false,
  contentLength: 'bytes',
  contentPieceBytes: 500,
  silentBoot: false,
  noNetworkTime: false,
  chatty: false,
  mqttNeedsPause: false,
  staleCertificate: false,
  loopbackAddress: false,
  deafToFirst: 0,
}

/** All at once: what a driver must survive. */
export const AWKWARD: Quirks = {
  chunkBytes: 1,
  losesEchoOff: true,
  noSpaceAfterColon: true,
  shortCreateName: true,
  registrationAsCgreg: true,
  contentLength: 'missing',
  contentPieceBytes: 69,
  silentBoot: true,
  noNetworkTime: true,
  chatty: true,
  mqttNeedsPause: true,
  staleCertificate: true,
  loopbackAddress: true,
  deafToFirst: 3,
}
