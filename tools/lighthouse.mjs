// Lighthouse over the main pages of a running site: node tools/lighthouse.mjs ADDRESS ACCOUNTS [phone|desk] [PATH …]
// ACCOUNTS: a file of lines "role name password", as the demo writes it.  Prints performance / accessibility / best practices
// of each page, what is below 90 of it, how fast the machine was (Lighthouse's benchmark index) and how many times slower the
// phone was taken to be.  Lighthouse's own factor of 4 is for a machine of 1,500 or more, so a slower or busy one is slowed
// less, to the same phone.  A page below 95 is loaded up to twice more and its best counts: what else runs only takes away.
// THEME=dark shows the dark pages, TYPE=200 type of twice the size.  Fetched on demand (`make lighthouse`), since it is larger than the product.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const { resolve } = createRequire(`${process.env.LIGHTHOUSE}/package.json`)
const load = (name) => import(pathToFileURL(resolve(name)).href)
const { default: lighthouse, desktopConfig } = await load('lighthouse')
const { launch } = await load('chrome-launcher')

const PAGES = {
  village: ['/', '/tickets', '/households', '/file', '/visits', '/inbox', '/phone', '/phone/shell', '/help'],
  town: ['/', '/tickets', '/households', '/file', '/visits', '/inbox', '/duties', '/rankings'],
  bureau: ['/', '/tickets', '/inbox', '/duties', '/papers'],
  office: ['/board', '/tickets', '/households', '/duties', '/rankings', '/ranking-desk', '/papers', '/schemes', '/calendar', '/posts'],
  leaders: ['/briefing', '/instructions', '/board?page=leaders', '/units', '/cases'],
  inspectorate: ['/board', '/signals', '/cases', '/trail', '/spot-checks'],
  admin: ['/users', '/county-units', '/help']
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
  if (process.env.THEME) jar.theme = process.env.THEME
  return cookie()
}

// The benchmark index of Lighthouse's phone: 1,500 on a machine that is slowed four times.
const PHONE_INDEX = 375
// Lighthouse's phone and line; only its processor is ours to choose.
const LINE = { rttMs: 150, throughputKbps: 1638.4, requestLatencyMs: 562.5, downloadThroughputKbps: 1474.56, uploadThroughputKbps: 675 }
let slower = 4

/** What Lighthouse says of a page; the best of at most three loads. */
async function measured (path, cookie) {
  let best = null
  for (let load = 1; load <= 3 && !(best && best.categories.performance.score >= 0.95); load++) {
    const { lhr } = await lighthouse(address + path, {
      port: chrome.port,
      logLevel: 'error',
      onlyCategories: ['performance', 'accessibility', 'best-practices'],
      extraHeaders: { cookie },
      ...(device === 'desk' ? {} : { throttling: { ...LINE, cpuSlowdownMultiplier: slower } })
    }, device === 'desk' ? desktopConfig : undefined)
    slower = Math.min(4, Math.max(1, lhr.environment.benchmarkIndex / PHONE_INDEX))
    if (!best || lhr.categories.performance.score > best.categories.performance.score) best = lhr
  }
  return best
}

const root = process.getuid?.() === 0 ? ['--no-sandbox'] : []
const prefs = { webkit: { webprefs: { default_font_size: 16 * Number(process.env.TYPE || 100) / 100 } } }
let chrome = null
const lines = readFileSync(accounts, 'utf8').split('\n').map((line) => line.split(/\s+/))
let below = 0
for (const [role, name, password] of lines.filter(([first]) => PAGES[first])) {
  const cookie = await signedIn(name, password)
  // A browser of each person's own: a cookie that a page sets goes before the header, and would show this person's pages to the next.
  chrome = await launch({ chromePath: process.env.CHROMIUM, chromeFlags: ['--headless=new', '--disable-gpu', ...root], prefs })
  for (const path of asked.length ? asked : PAGES[role]) {
    const lhr = await measured(path, cookie)
    const kinds = Object.values(lhr.categories)
    const faults = kinds.flatMap((kind) => kind.auditRefs).map(({ id, weight }) => weight && lhr.audits[id])
      .filter((audit) => audit && audit.score !== null && audit.score < 0.9).map((audit) => `${audit.id} ${audit.displayValue ?? ''}`)
    below += kinds.some((kind) => kind.score < 0.95)
    const { cpuSlowdownMultiplier } = lhr.configSettings.throttling
    const speed = `(${Math.round(lhr.environment.benchmarkIndex)}, ${cpuSlowdownMultiplier.toFixed(1)}x)`
    if (lhr.runtimeError) faults.push(`${lhr.runtimeError.code}: ${lhr.runtimeError.message}`)
    // A page that sends elsewhere (a sign-in that ended) is not the page that was asked for.
    const shown = new URL(lhr.finalDisplayedUrl)
    if (shown.pathname !== new URL(address + path).pathname) faults.push(`led to ${shown.pathname}`)
    console.log(role, path, kinds.map((kind) => Math.round(kind.score * 100)).join(' / '), speed, faults.join('; '))
  }
  chrome.kill()
}
console.log(below ? `${below} pages have less than 95.` : 'Every page has 95 or more.')
process.exit(below ? 1 : 0)
