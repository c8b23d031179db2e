import { ADMIN_TOKEN } from '../../portal.ts'

/** A metric of a portal as a number; of those by outcome, the one with this outcome. */
export async function metric(
  { url }: { url: string },
  name: string,
  outcome?: string,
): Promise<number> {
  const response = await fetch(`${url}/metrics`, {
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  })
  const label = outcome === undefined ? '' : `{outcome="${outcome}"}`
  const line = (await response.text())
    .split('\n')
    .find((text) => text.startsWith(`gridwitness_${name}${label} `))
  return Number(line?.split(' ').at(-1) ?? 0)
}
