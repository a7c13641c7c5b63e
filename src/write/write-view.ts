/** The view that all writes share. */
export const writeView = async () => (await import('./view.js')).writeText
