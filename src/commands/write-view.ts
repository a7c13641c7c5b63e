/** The view that all writes share. */
export const writeView = async () => (await import('../ui/views/write.js')).writeText
