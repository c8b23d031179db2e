/**
 * How a reading stands to the one before it (product.md, promise 2):
 * `ok` it names the nearest earlier reading we hold, or is the device's first;
 * `gap` it does not: something between is missing, or history was contradicted;
 * `unknown` it names a predecessor, and nothing earlier has reached us yet.
 */
export type ChainStatus = 'ok' | 'gap' | 'unknown'

/**
 * Compares `previous` of a reading with the signed digest (hex) of the nearest stored reading of lower seq, or null
 * where none is stored. Late arrivals change the answer, so it is derived when asked, never stored.
 */
export function chainStatus(
  previous: string | undefined,
  predecessorDigest: string | null,
): ChainStatus {
  if (predecessorDigest !== null) return previous === predecessorDigest ? 'ok' : 'gap'
  return previous === undefined ? 'ok' : 'unknown'
}
