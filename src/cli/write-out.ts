/** The result on its way out. Whoever reads it may be gone, and what it is written to may be full. */
import { WcnError } from '../errors/wcn-error.js'

/** False where the reader went away (`| head`), which is no failure. Throws OUTPUT_LOST. */
export function writeOut(text: string): Promise<boolean> {
  const { stdout } = process
  // What is wrong comes to the callback as well.
  if (!stdout.listeners('error').includes(heard)) stdout.on('error', heard)
  return new Promise((resolve, reject) => {
    stdout.write(text, (error) => {
      const { code } = (error ?? {}) as NodeJS.ErrnoException
      if (!error || code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED') resolve(!error)
      else reject(new WcnError('OUTPUT_LOST', `the output could not be written: ${code}`, { cause: error }))
    })
  })
}

function heard(): void {}
