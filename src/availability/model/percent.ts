/** Shares in words: never 0 % of something, nor all of it where some is left. */

export function percent(share: number): string {
  if (share > 0 && share < 0.001) return '< 0.1 %'
  if (share < 1 && share > 0.999) return '> 99.9 %'
  return `${Number((share * 100).toFixed(1))} %`
}
