/** The file in which forbidden connections are written down. */
export const STRAYS: string
