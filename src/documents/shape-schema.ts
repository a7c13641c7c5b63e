/** A shape in the place of a schema: for documents with line numbers that hold what the tool's own files hold. */
import { z } from 'zod'
import { Misshapen, type Shape } from './shape.js'

export function schemaOf<T>(shape: Shape<T>) {
  return z.unknown().transform((value, { issues }): T => {
    try {
      return shape(value, [])
    } catch (error) {
      if (!(error instanceof Misshapen)) throw error
      issues.push({ code: 'custom', message: error.what, path: [...error.path], input: value })
      return z.NEVER
    }
  })
}
