/** Prints one measure as a line of JSON, beside its limit. Past the limit, the run fails. */
export function tell(
  name: string,
  value: number,
  unit: string,
  limit?: { atMost: number } | { atLeast: number },
): void {
  const bound = limit === undefined ? undefined : 'atMost' in limit ? limit.atMost : limit.atLeast
  console.log(JSON.stringify({ name, value: Number(value.toFixed(2)), unit, limit: bound }))
  if (limit === undefined) return
  const holds = 'atMost' in limit ? value <= limit.atMost : value >= limit.atLeast
  if (!holds) process.exitCode = 1
}
