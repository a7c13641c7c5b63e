/** `wcn key`: keypairs of nodes and databases. */
import { type Command, Option } from 'commander'
import { describePages, type Page } from '../cli/help.js'
import { keyPermissionsOption, outputOptions } from '../cli/options.js'
import { runLazily, viewsOf } from '../cli/run-lazily.js'

const view = viewsOf(() => import('./view.js'))
const registerView = viewsOf(() => import('../register/view.js'))

export function keyCommand(key: Command): void {
  outputOptions(key.command('generate'))
    .summary('make ed25519 keypairs')
    .option('--count <n>', 'make so many, and print a list')
    .option('--out <path>', 'write each secret key to a file of its own (mode 0600); a directory for several')
    .action(runLazily(() => import('./key-generate.js'), view('keyGenerateView')))

  keyPermissionsOption(outputOptions(key.command('inspect')))
    .alias('validate')
    .summary('show what belongs to a secret key, or what a peer ID holds')
    .argument('[value]', 'a peer ID; - reads a secret key from standard input')
    .option('--secret-key-file <path>', 'file with a secret key; - is stdin')
    .addOption(new Option('-s, --secret-key <base64>').hideHelp())
    .action(runLazily(() => import('./key-inspect.js'), view('keyInspectView')))

  keyPermissionsOption(outputOptions(key.command('prove')))
    .summary('vouch for a join request with a secret key that stays on this machine')
    .argument('<draft>', 'the draft; - is stdin')
    .requiredOption('--secret-key-file <path>', "file with the node's secret key; - is stdin")
    .option('--out <path>', 'write the proof to this file instead of stdout')
    .option('-y, --yes', 'do not ask before signing')
    .action(runLazily(() => import('../register/key-prove.js'), registerView('keyProveView')))
  describePages(key, PAGES)
}

const PAGES: Readonly<Record<string, Page>> = {
  generate: [
    'Makes ed25519 keypairs for nodes and databases and prints them as JSON, the secret included. With --out the secrets go to files that only you can read, and only what is public is printed.',
    'wcn key generate --out keys/node-a.key',
    'wcn key generate --count 3 --out keys',
  ],
  inspect: [
    'Shows the public key and peer ID of a secret key, which is never shown, or what is inside a peer ID.',
    'wcn key inspect --secret-key-file keys/node-a.key',
    'wcn key inspect 12D3KooWCTcvZaYCuryLjJEPs59KUWeWnXVnrcB6TiPbUxGdLMNj',
  ],
  prove: [
    'Signs the draft that `wcn operator register --draft` wrote, after showing what it says, with the key of one of its nodes. Give the proof back to `wcn operator register --proof`.',
    'wcn key prove draft.json --secret-key-file keys/node-b.key --out node-b.proof',
    'wcn key prove draft.json --secret-key-file keys/node-b.key --yes > node-b.proof',
  ],
}
