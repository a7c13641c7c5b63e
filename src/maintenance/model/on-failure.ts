/** What `maintenance run` does with the slot where its command failed and nothing proves that the database is up. */

export const ON_FAILURE = ['keep', 'release'] as const
export type OnFailure = (typeof ON_FAILURE)[number]
