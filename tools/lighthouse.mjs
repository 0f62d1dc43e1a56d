// Lighthouse over the main pages of a running site: node tools/lighthouse.mjs ADDRESS ACCOUNTS [phone|desk] [PATH …]
// ACCOUNTS: a file of lines "role name password", as the demo writes it.  Prints performance / accessibility / best practices
// of each page, and what is below 90 of it.  Fetched on demand (`make lighthouse`), since it is larger than the product.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const { resolve } = createRequire(`${process.env.LIGHTHOUSE}/package.json`)
const load = (name) => import(pathToFileURL(resolve(name)).href)
const { default: lighthouse, desktopConfig } = await load('lighthouse')
const { launch } = await load('chrome-launcher')

const PAGES = {
  village: ['/', '/tickets', '/households', '/file', '/visits', '/inbox', '/phone'],
  town: ['/', '/tickets', '/households', '/file', '/visits', '/inbox', '/duties'],
  bureau: ['/', '/tickets', '/inbox', '/duties'],
  office: ['/', '/tickets', '/households', '/board', '/duties', '/rankings', '/papers', '/schemes', '/calendar'],
  leaders: ['/', '/board?page=leaders'],
  inspectorate: ['/', '/signals', '/cases', '/trail'],
  admin: ['/', '/users']
}
const [address, accounts, device = 'phone', ...asked] = process.argv.slice(2)

/** A cookie header of this person's session. */
async function signedIn (name, password) {
  const jar = {}
  const keep = (answer) => answer.headers.getSetCookie().forEach((one) => {
    const [, key, value] = /^([^=]+)=([^;]*)/.exec(one)
    jar[key] = value
  })
  const cookie = () => Object.entries(jar).map((pair) => pair.join('=')).join('; ')
  const page = await fetch(`${address}/sign-in`)
  keep(page)
  const [, token] = /csrf_token" value="([^"]+)"/.exec(await page.text())
  const body = new URLSearchParams({ csrf_token: token, name, password })
  keep(await fetch(`${address}/sign-in`, { method: 'POST', redirect: 'manual', headers: { cookie: cookie() }, body }))
  return cookie()
}

const root = process.getuid?.() === 0 ? ['--no-sandbox'] : []
const chrome = await launch({ chromePath: process.env.CHROMIUM, chromeFlags: ['--headless=new', '--disable-gpu', ...root] })
const lines = readFileSync(accounts, 'utf8').split('\n').map((line) => line.split(/\s+/))
let below = 0
for (const [role, name, password] of lines.filter(([first]) => PAGES[first])) {
  const cookie = await signedIn(name, password)
  for (const path of asked.length ? asked : PAGES[role]) {
    const { lhr } = await lighthouse(address + path, {
      port: chrome.port,
      logLevel: 'error',
      onlyCategories: ['performance', 'accessibility', 'best-practices'],
      extraHeaders: { cookie }
    }, device === 'desk' ? desktopConfig : undefined)
    const kinds = Object.values(lhr.categories)
    const faults = kinds.flatMap((kind) => kind.auditRefs).map(({ id, weight }) => weight && lhr.audits[id])
      .filter((audit) => audit && audit.score !== null && audit.score < 0.9).map((audit) => `${audit.id} ${audit.displayValue ?? ''}`)
    below += kinds.some((kind) => kind.score < 0.95)
    console.log(role, path, kinds.map((kind) => Math.round(kind.score * 100)).join(' / '), faults.join('; '))
  }
}
chrome.kill()
console.log(below ? `${below} pages have less than 95.` : 'Every page has 95 or more.')
process.exit(below ? 1 : 0)
