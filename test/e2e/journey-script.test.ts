/** The journey of the README as a script in POSIX sh: no terminal, exit codes, pipes, settings from files. */
import { copyFileSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sandbox, wcnJson } from '../support/cli.js'
import { useDevnet } from '../support/devnet.js'
import { runScript } from '../support/shell.js'

const net = useDevnet()
const box = sandbox()
afterAll(box.remove)
beforeAll(() => copyFileSync(net.envFile, box.path('devnet.env')))

const script = (name: string, text: string) => runScript(box, name, text)
const read = (name: string) => readFileSync(box.path(name), 'utf8')

it('takes a newcomer through the journey of the README', async () => {
  const result = await script(
    'journey',
    `
set -a; . ./devnet.env; set +a
# A newcomer has neither the others' keys nor keys in variables.
owner_key=$WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY
unset SMART_CONTRACT_SIGNER_PRIVATE_KEY WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY
umask 077
printf '%s\\n' "$SMART_CONTRACT_ENCRYPTION_KEY" >encryption.key
unset SMART_CONTRACT_ENCRYPTION_KEY
export WCN_ENCRYPTION_KEY_FILE=encryption.key WCN_PRIVATE_KEY_FILE=operator.key

# 1. Keys.
wcn operator keygen --out operator.key >keygen.txt
for name in node-a node-b node-c database; do wcn key generate --out $name.key >$name.txt; done
# Nothing is ever overwritten.
wcn operator keygen --out operator.key 2>again.txt && exit 90 || test $? -eq 2
operator=$(wcn operator address)
a=$(wcn key inspect --secret-key-file node-a.key --json | sed 's/.*"peer_id":"\\([^"]*\\)".*/\\1/')
b=$(wcn key inspect --secret-key-file node-b.key --json | sed 's/.*"peer_id":"\\([^"]*\\)".*/\\1/')
c=$(wcn key inspect --secret-key-file node-c.key --json | sed 's/.*"peer_id":"\\([^"]*\\)".*/\\1/')

# 2. Configuration.
wcn config init --out deployment.yaml --keys . >init.txt
cat >deployment.yaml <<END
contract_address: "$SMART_CONTRACT_ADDRESS"
rpc_url: ws://\${RPC_PROVIDER_URL#http://}
encryption_key_file: encryption.key
operator_key_file: operator.key
database: { address: 10.0.10.5, secret_key_file: database.key }
nodes:
  - { name: a, primary: true, ipv4_addr: 1.2.3.4, secret_key_file: node-a.key }
  - { name: b, ipv4_addr: 1.2.3.5, secret_key_file: node-b.key }
END
wcn config emit -f deployment.yaml --out env --format shell >emit.txt
test "$(. ./env/wcn_db.env; echo "$SECRET_KEY")" = "$(cat database.key)"

# 3. The request to join; the account has to hold something first.
cat >nodes.yaml <<END
nodes:
  - { peer_id: $a, ipv4_addr: 1.2.3.4, primary_port: 3010, secondary_port: 3011 }
  - { peer_id: $b, ipv4_addr: 1.2.3.5, primary_port: 3010, secondary_port: 3011 }
END
register() { wcn operator register -f nodes.yaml --name acme --out request.json "$@"; }
register --secret-key-file node-a.key --secret-key-file node-b.key 2>poor.txt && exit 91 || test $? -eq 4
node -e 'fetch(process.argv[1], { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({
  jsonrpc: "2.0", id: 1, method: "anvil_setBalance", params: [process.argv[2], "0x2386f26fc10000"] }) })' \\
  "$RPC_PROVIDER_URL" "$operator"
# Without a proof of a node's key there is nothing to hand in.
register --secret-key-file node-a.key 2>unproven.txt && exit 92 || test $? -eq 3
register --secret-key-file node-a.key --secret-key-file node-b.key >register.txt
register >pending.txt
wcn operator view 2>absent.txt && exit 93 || test $? -eq 4

# The owner's side.
wcn operator verify-request request.json >verify.txt
export WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY=$owner_key
wcn admin operator approve request.json 2>unasked.txt && exit 94 || test $? -eq 3
wcn admin operator approve request.json --yes >approve.txt 2>approving.txt
unset WCN_CLUSTER_SMART_CONTRACT_OWNER_PRIVATE_KEY
register >done.txt

# 4. See it.
wcn operator view >view.txt
wcn nodes list >list.txt
wcn cluster view >cluster.txt

# 5. Change the node list.
wcn nodes add -i "$c" -a 1.2.3.6 -p 3010 -s 3011 2>unasked.txt && exit 95 || test $? -eq 3
wcn nodes add -i "$c" -a 1.2.3.6 -p 3010 -s 3011 --yes --quiet >add.txt
wcn nodes export >exported.yaml
wcn nodes diff -f exported.yaml --detailed-exitcode >none.txt
sed 's/1\\.2\\.3\\.4/1.2.3.7/; s/"acme"/"acme inc"/' exported.yaml >edited.yaml
wcn nodes diff -f edited.yaml --detailed-exitcode >diff.txt && exit 96 || test $? -eq 10
wcn nodes update -f edited.yaml --yes >update.txt
wcn nodes update -f edited.yaml --yes >nothing.txt
wcn nodes export | sed 's/1\\.2\\.3\\.5/1.2.3.8/' | wcn nodes update -f - --yes >piped.txt
wcn nodes remove "$c" --yes >remove.txt
wcn nodes remove 1 --yes 2>few.txt && exit 97 || test $? -eq 4

# 6. Maintenance, given back however the script ends.
(
  trap 'wcn maintenance exit --yes >exit.txt' EXIT
  wcn maintenance enter --yes >enter.txt
  wcn maintenance status >status.txt
  WCN_PRIVATE_KEY_FILE= SMART_CONTRACT_SIGNER_PRIVATE_KEY=$WCN_DEVNET_OPERATOR_1_PRIVATE_KEY \\
    wcn maintenance enter --yes 2>taken.txt && exit 98 || test $? -eq 7
)
wcn maintenance exit --yes >idle.txt 2>idle-note.txt
echo "$operator"
`,
  )
  expect(result, `${result.stderr}\n${result.stdout}`).toMatchObject({ code: 0 })
  const operator = result.stdout.trim()

  const { data } = await wcnJson(['operator', 'view', '--operator', operator], { env: net.cluster })
  expect(data.operator.name).toBe('acme inc')
  expect(data.operator.nodes.map((node: { ipv4_addr: string }) => node.ipv4_addr)).toEqual(['1.2.3.7', '1.2.3.8'])
  expect(data.maintenance).toBeNull()

  expect(read('again.txt')).toContain('"operator.key" exists already')
  expect(read('poor.txt')).toContain('holds no ETH')
  expect(read('unproven.txt')).toContain('key prove')
  expect(read('pending.txt')).toContain('Not on chain yet')
  expect(read('absent.txt')).toContain('is not an operator of this cluster')
  expect(read('verify.txt')).toContain('The request is sound: ')
  expect(read('unasked.txt')).toContain('--yes')
  expect(read('done.txt')).toContain('On chain, exactly as requested.')
  expect(read('cluster.txt')).toContain('acme')
  expect(read('diff.txt')).toContain('1.2.3.7')
  expect(read('nothing.txt')).toContain('nothing to do')
  expect(read('few.txt')).toContain('at least 2 nodes')
  expect(read('status.txt')).toContain('(acme inc)')
  expect(read('taken.txt')).toMatch(/taken by 0x[0-9a-f]{40} \("acme inc"\) since/i)
  expect(read('exit.txt')).toContain('included and read back')
  expect(read('idle-note.txt')).toContain('nobody is in maintenance')
})

describe('secrets on standard input', () => {
  it('are read where the flag says -', async () => {
    const result = await script(
      'stdin',
      `
set -a; . ./devnet.env; set +a
key=$SMART_CONTRACT_SIGNER_PRIVATE_KEY
unset SMART_CONTRACT_SIGNER_PRIVATE_KEY
printf '%s\\n' "$key" | wcn operator address --private-key-file -
printf '%s' "$key" | wcn operator rename 'From a pipe' --yes --private-key-file - >renamed.txt 2>renaming.txt
encryption=$SMART_CONTRACT_ENCRYPTION_KEY
unset SMART_CONTRACT_ENCRYPTION_KEY
printf '%s\\n' "$encryption" | wcn nodes list --operator "$WCN_DEVNET_OPERATOR_0_ADDRESS" --encryption-key-file - >listed.txt
# There is one standard input, and a closed one holds no key.
printf '%s\\n' "$key" | wcn nodes list --private-key-file - --encryption-key-file - 2>both.txt && exit 90 || test $? -eq 2
wcn operator address --private-key-file - <&- 2>closed.txt && exit 91 || test $? -eq 2
wcn operator address --private-key-file - </dev/null 2>empty.txt && exit 92 || test $? -eq 2
`,
    )
    expect(result, result.stderr).toMatchObject({ code: 0, stderr: '' })
    expect(result.stdout.trim().toLowerCase()).toBe(net.operators[0]?.address)
    expect(read('renaming.txt')).toContain('→ From a pipe')
    expect(read('renamed.txt')).toContain('included and read back')
    expect(read('listed.txt')).toContain('From a pipe')
    expect(read('listed.txt')).toContain('203.0.113.10')
    for (const name of ['both', 'closed', 'empty']) expect(read(`${name}.txt`)).toMatch(/^error: .*standard input/)
  })
})

describe('pipes', () => {
  it('take a generated key from one command to the next', async () => {
    const result = await script(
      'pipe',
      `
wcn key generate | sed -n 's/.*"secret_key": "\\(.*\\)".*/\\1/p' | wcn key inspect - --json
wcn key generate --json | sed 's/.*"secret_key":"\\([^"]*\\)".*/\\1/' | wcn key validate --secret-key-file -
wcn key generate | sed -n 's/.*"peer_id": "\\(.*\\)".*/\\1/p' | xargs wcn key inspect
# The whole document is no key, and is not shown.
wcn key generate | tee whole.json | wcn key inspect - 2>whole.txt && exit 90 || test $? -eq 2
`,
    )
    expect(result, result.stderr).toMatchObject({ code: 0, stderr: '' })
    expect(result.stdout.match(/12D3KooW\w+/g)).toHaveLength(3)
    expect(read('whole.txt')).toContain('standard input')
    const { secret_key } = JSON.parse(read('whole.json'))
    expect(result.stdout + read('whole.txt')).not.toContain(secret_key)
  })

  it('are filled completely, and left quietly when their reader goes', async () => {
    const result = await script(
      'broken',
      `
set -a; . ./devnet.env; set +a
wcn key generate --count 2000 | node -e '
  const keys = JSON.parse(require("node:fs").readFileSync(0)); if (keys.length !== 2000) process.exit(1)'
{ wcn cluster view; echo $? >small.code; } | head -n 1
{ wcn key generate --count 2000; echo $? >large.code; } | head -c 1
{ wcn key generate --count 2000 --json; echo $? >json.code; } | head -c 1
{ wcn cluster view --json; echo $? >nobody.code; } | true
`,
    )
    expect(result).toMatchObject({ code: 0, stderr: '' })
    expect(result.stdout).toMatch(/^contract +0x[0-9a-fA-F]{40} on chain 31337\n\[\{$/)
    for (const name of ['small', 'large', 'json', 'nobody']) expect(read(`${name}.code`)).toBe('0\n')
  })
})

it('loads settings from the file that is named, and says when a variable contradicts it', async () => {
  const result = await script(
    'settings',
    `
wcn operator view --env-file devnet.env >viewed.txt
cp devnet.env .env
wcn cluster view 2>unnamed.txt && exit 90 || test $? -eq 2
export RPC_PROVIDER_URL=http://127.0.0.1:9/token-of-somebody-else
wcn operator view --env-file devnet.env 2>contradicted.txt && exit 91 || test $? -eq 2
. ./devnet.env
wcn operator view --env-file devnet.env >agreed.txt
`,
  )
  expect(result, result.stderr).toMatchObject({ code: 0, stdout: '', stderr: '' })
  expect(read('viewed.txt')).toContain('203.0.113.10')
  expect(read('agreed.txt')).toContain('203.0.113.10')
  // A hostile folder must not be able to swap the contract.
  expect(read('unnamed.txt')).toContain('is not set')
  expect(read('contradicted.txt')).toContain('RPC_PROVIDER_URL in devnet.env contradicts the exported variable')
  expect(read('contradicted.txt')).not.toContain('token-of-somebody-else')
})
