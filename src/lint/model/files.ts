/** Who can read the files: nobody but their owner, and no repository. */
import { shellWord } from '../../base/shell-word.js'
import { concluded, type Finding, finding } from './finding.js'
import type { FoundFile } from './found.js'

export function judgeFiles(files: readonly FoundFile[]): readonly Finding[] {
  const secret = files.filter(({ holdsSecrets }) => holdsSecrets)
  const modes = secret.filter(({ exposed }) => exposed !== null)
  return [
    ...concluded(
      'file-permissions',
      modes.flatMap(({ path, exposed }) =>
        exposed
          ? finding(
              'file-permissions',
              'fail',
              { file: path, line: null },
              'it holds secrets, and others than its owner can read it',
              `chmod 600 ${shellWord(path)}`,
            )
          : [],
      ),
      modes.length > 0 ? 'files with secrets are readable by their owner only' : null,
    ),
    ...concluded(
      'git',
      secret.flatMap(({ path, gitTree }) =>
        gitTree === null
          ? []
          : finding(
              'git',
              'fail',
              { file: path, line: null },
              `it holds secrets, and is in the git work tree ${gitTree}, which has it or would take it up`,
              'keep it elsewhere or name it in .gitignore; where it was committed, the secrets have to be changed',
            ),
      ),
      secret.length > 0 ? 'no file with secrets is in a git work tree' : null,
    ),
  ]
}
