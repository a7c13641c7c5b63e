/** Answers about nodes belong to a node and not to its place in the list: one that goes takes its own with it. */
import type { Answers } from './init-file.js'

type Names = readonly (string | undefined)[]

/**
 * With these nodes, in this order. `known` are the names by which they went until now; one that had none is known by its
 * place. A node that is new has no answers yet, and one that is not wanted any more is left out.
 */
export function arrangeNodes(answers: Answers, wanted: Names, known: Names): Answers {
  const { nodes = [], ...rest } = answers
  const arranged = wanted.map((name, i) => {
    const place = name === undefined ? -1 : known.indexOf(name)
    const own = place >= 0 ? nodes[place] : name === undefined || known[i] === undefined ? nodes[i] : undefined
    return { ...own, ...(name === undefined ? {} : { name }) }
  })
  return { ...rest, nodes: arranged }
}

/** By which the nodes went, in either. */
export function namesOf(answers: Answers, earlier: Answers): Names {
  const length = Math.max(answers.nodes?.length ?? 0, earlier.nodes?.length ?? 0)
  return Array.from({ length }, (_, i) => answers.nodes?.[i]?.name ?? earlier.nodes?.[i]?.name)
}
