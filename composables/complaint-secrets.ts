/**
 * Secrets of the complaints filed from this browser. The link holds the secret behind `#`, which browsers never send; it is
 * kept so that whoever comes back finds their complaint their own.
 */
const keyOf = (complaintId: string) => `gridwitness.complaint.${complaintId}`

/** Keeps a secret; does nothing where the browser keeps nothing. */
export function keepComplaintSecret(complaintId: string, secret: string): void {
  try {
    localStorage.setItem(keyOf(complaintId), secret)
  } catch {
    // A private window or a full one: the link alone remains.
  }
}

/** The secret of a complaint: of the address, else as kept; null without. In the browser only. */
export function complaintSecretHere(complaintId: string): string | null {
  const inAddress = /^#([\w-]{43})$/.exec(location.hash)?.[1]
  if (inAddress === undefined) return complaintSecretKept(complaintId)
  keepComplaintSecret(complaintId, inAddress)
  return inAddress
}

/** The secret of a complaint as this browser kept it; null without. In the browser only. */
export function complaintSecretKept(complaintId: string): string | null {
  try {
    return localStorage.getItem(keyOf(complaintId))
  } catch {
    return null
  }
}
