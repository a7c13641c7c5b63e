// What of other people's work is in dist/, by the bundler's own list: their licences, and a bill of materials (CycloneDX).
// Both say the same for the same build: no time of day, no random serial number.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const json = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'))
const PACKAGE = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/
/** Compiled, in what the development chain deploys: no file of theirs is seen by the bundler. */
const CONTRACTS = 'src/chain/contract/contracts.json'
const COMPILED = ['node_modules/@openzeppelin/contracts', 'node_modules/@openzeppelin/contracts-upgradeable']

/**
 * Of esbuild's metafiles, without what it read and left out. One entry for a package and version, however often npm put
 * it there.
 */
export function bundledPackages(metafiles) {
  const kept = new Set(
    metafiles.flatMap(({ outputs }) => Object.values(outputs).flatMap((one) => Object.keys(one.inputs))),
  )
  const inputs = metafiles.flatMap((one) => Object.entries(one.inputs)).filter(([path]) => kept.has(path))
  const { packages: locked } = json('package-lock.json')
  const found = new Map()
  const needs = new Map()
  const add = (folder) => {
    const { name, version, license, author } = json(`${folder}/package.json`)
    const purl = purlOf(name, version)
    found.set(purl, { purl, name, version, license, author, folder, integrity: locked[folder]?.integrity })
    return purl
  }
  const ownerOf = (path) => (PACKAGE.test(path) ? add(PACKAGE.exec(path)[0]) : null)
  for (const [path, { imports }] of inputs) {
    const owner = ownerOf(path)
    const known = needs.get(owner) ?? needs.set(owner, new Set()).get(owner)
    for (const needed of imports.filter((one) => kept.has(one.path)).map((one) => ownerOf(one.path)))
      if (needed !== null && needed !== owner) known.add(needed)
    if (path === CONTRACTS) for (const folder of COMPILED) known.add(add(folder))
  }
  return [...found.values()]
    .map((one) => ({ ...one, needs: [...(needs.get(one.purl) ?? [])].sort(), own: needs.get(null)?.has(one.purl) }))
    .sort((a, b) => (a.purl < b.purl ? -1 : 1))
}

/** As those licences ask for. */
export function licencesOf(packages) {
  return packages
    .map(({ name, version, license, author, folder }) => {
      const files = readdirSync(join(root, folder)).filter((file) => /^(?:licen[cs]e|copying|notice)/i.test(file))
      const texts = files.sort().map((file) => readFileSync(join(root, folder, file), 'utf8').trim())
      if (texts.length === 0) texts.push(usualText(name, license, author))
      return `${name} ${version} (${license})\n\n${texts.join('\n\n')}\n`
    })
    .join(`\n${'-'.repeat(80)}\n\n`)
}

/** Of those that come without. */
function usualText(name, license, author) {
  if (/\bApache-2\.0\b/.test(license))
    return 'Used under the Apache License, Version 2.0, whose text is the file LICENSE of this package.'
  if (license !== 'MIT') throw new Error(`${name} comes without the text of its licence, ${license}`)
  const holder = typeof author === 'string' ? author : (author?.name ?? `the authors of ${name}`)
  return `MIT License\n\nCopyright (c) ${holder}\n\n${MIT}`
}

export function sbomOf(packages) {
  const { name, version, license } = json('package.json')
  const own = purlOf(name, version)
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      lifecycles: [{ phase: 'build' }],
      component: component({ purl: own, name, version, license }, 'application'),
    },
    components: packages.map((one) => component(one, 'library')),
    dependencies: [
      { ref: own, dependsOn: packages.filter((one) => one.own).map(({ purl }) => purl) },
      ...packages.map(({ purl, needs }) => ({ ref: purl, dependsOn: needs })),
    ],
  }
}

function component({ purl, name, version, license, integrity }, type) {
  const [group, base] = name.startsWith('@') ? name.split('/') : [undefined, name]
  return {
    type,
    'bom-ref': purl,
    ...(group && { group }),
    name: base,
    version,
    ...(integrity && { hashes: [{ alg: 'SHA-512', content: hexOf(integrity) }] }),
    licenses: [/ (?:OR|AND) /.test(license) ? { expression: license } : { license: { id: license } }],
    purl,
  }
}

function purlOf(name, version) {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`
}

/** Of the archive that npm fetched. */
function hexOf(integrity) {
  return Buffer.from(/sha512-(\S+)/.exec(integrity)[1], 'base64').toString('hex')
}

const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`
