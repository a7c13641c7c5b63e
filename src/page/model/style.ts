/** How the page looks: by day and by night, on a phone and on a wall. */

export const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --soft: #57606a; --line: #d0d7de; --tint: #f3f5f7;
  --good: #116329; --good-tint: #dafbe1; --warn: #7a4b00; --warn-tint: #fff3c4; --bad: #a40e26; --bad-tint: #ffe2e0; --link: #0550ae }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --paper: #0d1117; --soft: #9aa4af; --line: #30363d; --tint: #161b22;
    --good: #56d364; --good-tint: #12351d; --warn: #e3b341; --warn-tint: #3a2d06; --bad: #ff8a80; --bad-tint: #46151a; --link: #79b8ff }
}
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 82rem; padding: 1rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere }
a { color: var(--link) }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px }
.skip { position: absolute; left: -99rem }
.skip:focus { position: static }
nav ul { display: flex; flex-wrap: wrap; gap: 0 1rem; list-style: none; padding: 0 }
h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line) }
.soft { color: var(--soft) }
code { font-family: ui-monospace, monospace; font-size: .92em }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 0 }
dt { color: var(--soft) } dd { margin: 0 }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100% }
caption { text-align: left; color: var(--soft); padding: .25rem 0 }
th, td { text-align: left; vertical-align: top; padding: .2rem .6rem .2rem 0; border-bottom: 1px solid var(--line); font-weight: normal }
thead th { color: var(--soft) }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: normal }
.good { color: var(--good) } .warn { color: var(--warn) } .bad { color: var(--bad) }
.checks { list-style: none; padding: 0 } .checks li { padding: .3rem .6rem; margin: .25rem 0; background: var(--tint) }
.checks .pass { background: var(--good-tint) } .checks .warn { background: var(--warn-tint); color: inherit } .checks .fail { background: var(--bad-tint) }
.slots { display: grid; grid-template-columns: repeat(auto-fill, minmax(2.6rem, 1fr)); gap: 3px; list-style: none; padding: 0 }
.slots a, .slots span { display: block; text-align: center; padding: .25rem 0; border: 1px solid var(--line); color: var(--ink);
  background: var(--tint); text-decoration: none; font-variant-numeric: tabular-nums; overflow-wrap: normal }
.slots .free { color: var(--soft); background: none; border-style: dashed }
.slots .good { background: var(--good-tint) } .slots .warn { background: var(--warn-tint) } .slots .bad { background: var(--bad-tint); border-width: 2px; border-color: var(--bad) }
.slots .out { border-style: dotted }
.bar { width: 100%; height: .9rem; display: block; background: var(--tint) }
td .bar { width: 8rem; height: .5rem; margin-top: .4rem }
.bar rect { fill: var(--link) } .bar .five { fill: #2da44e } .bar .four { fill: #7aa514 } .bar .three { fill: #d4a72c } .bar .fewer { fill: #cf222e }
details { border-bottom: 1px solid var(--line); padding: .3rem 0; content-visibility: auto; contain-intrinsic-size: auto 2.1rem }
summary { cursor: pointer }
.filter { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; margin: .5rem 0 }
.filter[hidden], [hidden] { display: none }
input[type=search] { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--soft); padding: .2rem .5rem; min-width: 16rem }
footer { margin-top: 3rem; color: var(--soft); font-size: .9rem }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr } dd { margin-bottom: .4rem } }
@media print { nav, .filter { display: none } details { content-visibility: visible } }
`
