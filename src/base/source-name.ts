/** What a file is called in sentences: `-` stands for standard input. */
export function sourceName(path: string): string {
  return path === '-' ? 'standard input' : path
}
