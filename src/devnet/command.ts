/** Grammar of `wcn devnet`: a local chain with a deployed cluster, for trying everything out. */
import type { Command } from 'commander'
import { describePages, type Page } from '../cli/help.js'
import { outputOptions } from '../cli/options.js'
import { runLazily } from '../cli/run-lazily.js'
import { FAULT_NAMES } from './model/fault-names.js'

export function devnetCommand(devnet: Command): void {
  devnet.description(
    'A local chain (ID 31337) with a deployed cluster. Its keys are fresh and it takes none from outside: nothing signed there is valid on a real network.',
  )

  outputOptions(devnet.command('up'))
    .summary('start the chain and its nodes, deploy a cluster, write an env file')
    .option('--port <number>', 'port to listen on (default: any free one)')
    .option('--block-time <seconds>', 'a block every so many seconds (default: one at once for each transaction)')
    .option('--operators <count>', 'how many operators the cluster has, 5 to 100 (default: 5)')
    .option('--nodes <count>', 'how many nodes each operator has, 2 to 8 (default: 2)')
    .option('--chain-only', 'start no stand-ins for the nodes, whose addresses are nobody’s then')
    .option('--out <path>', 'the env file to write (default: wcn-devnet.env)')
    .option('--detach', 'leave the chain running and return; `wcn devnet down` ends it')
    .option('--force', 'replace the env file of an earlier development chain that is gone')
    .action(
      runLazily(
        () => import('./devnet-up.js'),
        async () => (await import('./view.js')).devnetView,
      ),
    )

  outputOptions(devnet.command('down'))
    .summary('end the chain and remove its env file')
    .argument('[file]', 'the env file (default: wcn-devnet.env)')
    .option('--out <path>', 'the same, spelt as in `devnet up`')
    .action(
      runLazily(
        () => import('./devnet-down.js'),
        async () => (await import('./view.js')).devnetDownView,
      ),
    )

  outputOptions(devnet.command('status'))
    .summary('what of it runs, where, and what is broken')
    .option('--out <path>', 'the env file of the chain (default: wcn-devnet.env)')
    .action(
      runLazily(
        () => import('./devnet-status.js'),
        async () => (await import('./view-devnet-status.js')).devnetStatusText,
      ),
    )

  outputOptions(devnet.command('break'))
    .summary('make a stand-in, or the chain, fail on purpose')
    .argument('<target>', 'OPERATOR/NODE such as 0/1 or 0/database, a peer ID, or chain')
    .argument('<how>', `one of ${FAULT_NAMES.join(', ')}`)
    .option('--out <path>', 'the env file of the chain (default: wcn-devnet.env)')
    .action(
      runLazily(
        () => import('./devnet-break.js'),
        async () => (await import('./view-faults.js')).devnetBreakText,
      ),
    )

  outputOptions(devnet.command('mend'))
    .summary('take back what break did')
    .argument('[target]', 'as for break')
    .option('--all', 'everything that is not up')
    .option('--out <path>', 'the env file of the chain (default: wcn-devnet.env)')
    .action(
      runLazily(
        () => import('./devnet-mend.js'),
        async () => (await import('./view-faults.js')).devnetMendText,
      ),
    )

  outputOptions(devnet.command('drill'))
    .summary('rehearse a bad day: a scene is set, you find and mend it')
    .argument('[name]', 'which (default: list them)')
    .option('--out <path>', 'the env file of the chain (default: wcn-devnet.env)')
    .action(
      runLazily(
        () => import('./devnet-drill.js'),
        async () => (await import('./view-faults.js')).devnetDrillText,
      ),
    )

  outputOptions(devnet.command('fund'))
    .summary('give an account ETH of the development chain')
    .argument('<address>', 'the account')
    .option('--amount <eth>', 'how much it gets on top of what it has (default: 1)')
    .option('--out <path>', 'the env file of the chain (default: wcn-devnet.env)')
    .action(
      runLazily(
        () => import('./devnet-fund.js'),
        async () => (await import('./view.js')).devnetFundView,
      ),
    )

  outputOptions(devnet.command('serve'))
    .summary('be wcn_node or wcn_db for rehearsal')
    .argument('[files...]', 'env files of services (default: one service, of the environment)')
    .option('--pull <seconds>', 'how long a primary node takes to pull the data of a migration (default: 2)')
    .option('--devnet <path>', 'the env file of the network it is part of, and ends with (default: wcn-devnet.env)')
    .action(
      runLazily(
        () => import('./devnet-serve.js'),
        async () => (await import('./view.js')).devnetServeView,
      ),
    )
  describePages(devnet, PAGES)
}

const PAGES: Readonly<Record<string, Page>> = {
  up: [
    'Starts the chain on 127.0.0.1, deploys a cluster, starts stand-ins for its nodes and databases (with the QUIC addon) and writes an env file (mode 0600) for --env-file of all other commands. Runs until Ctrl-C, unless --detach.',
    'wcn devnet up',
    'wcn devnet up --detach --block-time 2 --out rehearsal.env',
  ],
  down: [
    'Ends the chain that an env file of `wcn devnet up` describes, and removes the file. Nothing to do is no error.',
    'wcn devnet down',
    'wcn devnet down rehearsal.env',
  ],
  status: [
    'Shows the chain and each stand-in of a rehearsal network: operator and node index, ports, peer ID, whether it is up, and its database; how much memory it all takes. Exit code 8 when something is not up.',
    'wcn devnet status',
    'wcn devnet status --out rehearsal.env --json',
  ],
  break: [
    'Makes one stand-in fail in one way until `wcn devnet mend`: OPERATOR is a slot, a name or an address, NODE an index or `database`. Stand-ins that `wcn devnet serve` started can be broken too; a new start mends them.\n\nThe chain can be silent, or lagging: it makes no blocks any more.',
    'wcn devnet break 0/1 wrong-key',
    'wcn devnet break 0/database silent --out rehearsal.env',
  ],
  mend: [
    'Restarts a stand-in as its env file says it is, and so takes back what `wcn devnet break` did; one that ended by itself is started again.',
    'wcn devnet mend 0/1',
    'wcn devnet mend --all',
  ],
  drill: [
    'Sets the scene of an operator’s bad day on a network of `wcn devnet up`, and says what the one on call would know. You are the operator in slot 0. Without a name it lists the drills.',
    'wcn devnet drill',
    'wcn devnet drill power-cut',
  ],
  fund: [
    'Gives an account ETH on a development chain: it is worth nothing elsewhere.',
    'wcn devnet fund 0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
    'wcn devnet fund 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 --amount 0.5 --out rehearsal.env',
  ],
  serve: [
    'Stands in for wcn_node or wcn_db: takes an env file as `wcn config emit` writes it, refuses what the real one refuses, and serves its APIs and metrics on 127.0.0.1 until Ctrl-C. It works on a development chain only, and keeps no data.',
    'wcn devnet serve node-0.env',
    'wcn devnet serve database.env --devnet rehearsal.env',
  ],
}
