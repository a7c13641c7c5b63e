/** How UDP from the internet reaches a node on Kubernetes: known to the grammar too, which loads nothing for it. */
export const EXPOSURES = ['host-network', 'load-balancer'] as const
export type Exposure = (typeof EXPOSURES)[number]
