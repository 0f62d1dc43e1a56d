// The pages a phone takes along: as the server drew them, sealed under a PIN, bounded, and gone after some days.
// Forms that wait are sealed under a key of their own that needs no PIN, so that they go out by themselves (store.js).
(() => {
  const x = self.xiaohao
  const ROUNDS = 600000
  // How long the pages stay open after the last look, and how long one waits after five wrong PINs, in milliseconds.
  const OPEN_FOR = 30 * 60000
  const WAIT = 60000
  const MOST_TRIES = 10
  const AT_ONCE = 20
  const FRESH_FOR = 30 * 60000

  // What the server refuses, in its words.
  class Refused extends Error {}

  const meta = (name) => x.read('meta', name)
  // Values of the store by name; null deletes.
  const note = (values) => x.within(['meta'], 'readwrite', (deal) => {
    const store = deal.objectStore('meta')
    Object.entries(values).forEach(([name, value]) => value === null ? store.delete(name) : store.put(value, name))
  })

  // The moment by the server's clock as it was at the last contact: a phone's own may be hours off.
  const serverNow = async () => Date.now() + ((await meta('clock').catch(() => null)) || { offset: 0 }).offset

  async function wrapper (pin, salt) {
    const typed = await crypto.subtle.importKey('raw', new TextEncoder().encode(pin), 'PBKDF2', false, ['deriveKey'])
    const how = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: ROUNDS }
    return crypto.subtle.deriveKey(how, typed, { name: 'AES-GCM', length: 256 }, false, ['wrapKey', 'unwrapKey'])
  }

  async function choosePin (pin) {
    const salt = crypto.getRandomValues(new Uint8Array(16))
    const iv = crypto.getRandomValues(new Uint8Array(12))
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, true, ['encrypt', 'decrypt'])
    const wrapped = await crypto.subtle.wrapKey('raw', key, await wrapper(pin, salt), { name: 'AES-GCM', iv })
    await note({ lock: { salt, iv, wrapped, tries: 0, next: 0 }, tally: null })
    return unlock(pin)
  }

  // 'open', 'wrong', 'wait' or 'gone'.  A try is counted before it is compared.
  async function unlock (pin) {
    const lock = await meta('lock')
    if (!lock) return 'gone'
    if (Date.now() < lock.next && lock.next <= Date.now() + WAIT) return 'wait'
    const tries = lock.tries + 1
    await note({ lock: { ...lock, tries, next: tries % 5 ? 0 : Date.now() + WAIT } })
    try {
      const key = await crypto.subtle.unwrapKey('raw', lock.wrapped, await wrapper(pin, lock.salt),
        { name: 'AES-GCM', iv: lock.iv }, 'AES-GCM', false, ['encrypt', 'decrypt'])
      await note({ lock: { ...lock, tries: 0, next: 0 }, open: { key, until: Date.now() + OPEN_FOR } })
      return 'open'
    } catch (error) {
      if (tries < MOST_TRIES) return 'wrong'
      await wipe()
      return 'gone'
    }
  }

  // The key while the pages are open, else null.
  async function openKey () {
    let key = null
    await x.within(['meta'], 'readwrite', (deal) => {
      const store = deal.objectStore('meta')
      const asked = store.get('open')
      asked.onsuccess = () => {
        const left = asked.result ? asked.result.until - Date.now() : 0
        if (left <= 0 || left > OPEN_FOR) return
        key = asked.result.key
        store.put({ key, until: Date.now() + OPEN_FOR }, 'open')
      }
    })
    return key
  }

  // What was taken along; null for nothing, or nothing any more.  A phone's clock that is set back buys no time.
  async function pack () {
    const [taken, clock] = [await meta('pack'), (await meta('clock')) || { offset: 0, latest: 0 }]
    if (!taken) return null
    const now = Math.max(Date.now() + clock.offset, clock.latest)
    if (now > clock.latest) await note({ clock: { ...clock, latest: now } })
    if (now <= Date.parse(taken.expires)) return { ...taken, now, age: now - Date.parse(taken.issued) }
    await wipe()
    return null
  }

  // Nothing of the pages stays; forms that were not sent stay for their writer.
  async function wipe () {
    await x.within(['pages', 'meta'], 'readwrite', (deal) => {
      deal.objectStore('pages').clear()
      for (const name of ['lock', 'open', 'pack']) deal.objectStore('meta').delete(name)
    })
  }

  // A person who was moved to another unit or village takes other pages along.
  async function belongs (place) {
    const taken = await meta('pack')
    if (taken && taken.place !== place) await wipe()
  }

  async function asked (address, values, token) {
    const request = await x.call('POST', address, JSON.stringify(values), {
      'X-Requested-With': 'xiaohao', 'X-CSRFToken': token, 'Content-Type': 'application/json'
    })
    const answer = x.json(request)
    await x.refused(request, answer)
    if (answer && answer.said) throw new Refused(answer.said)
    if (request.status !== 200 || !answer) throw new x.Line()
    return answer
  }

  // Take the pages of these villages along (none: one's own); told(part) while it goes.  The key must be open.
  async function take (villages, told) {
    const [key, lock] = [await openKey(), await meta('lock')]
    const token = await x.hello()
    const plan = await asked('/phone/pack', { villages }, token)
    const index = {}
    const boxes = []
    for (let at = 0; at < plan.paths.length; at += AT_ONCE) {
      const { pages } = await asked('/phone/pages', { paths: plan.paths.slice(at, at + AT_ONCE) }, token)
      for (const [path, page] of Object.entries(pages)) {
        index[path] = { id: x.fresh(), title: page.title, about: page.about }
        boxes.push([index[path].id, await x.sealed(page, key)])
      }
      if (told) told(Math.min(1, (at + AT_ONCE) / plan.paths.length))
    }
    const { issued, expires, forms, first, place, left } = plan
    const size = boxes.reduce((sum, [, box]) => sum + box.bytes.byteLength, 0)
    const pack = { issued, expires, forms, first, place, left, size, villages, count: boxes.length }
    boxes.push(['index', await x.sealed(index, key)])
    await replace(pack, boxes, lock)
    return pack
  }

  // The pages of before go in the moment the new ones come: of two takings at a time the later one is whole.  Nothing comes
  // where the pages were deleted, or another PIN was chosen, while it went.
  const replace = (pack, boxes, lock) => x.within(['pages', 'meta'], 'readwrite', (deal) => {
    const [pages, notes] = [deal.objectStore('pages'), deal.objectStore('meta')]
    const asked = notes.get('lock')
    asked.onsuccess = () => {
      if (!asked.result || String(asked.result.salt) !== String(lock.salt)) return
      pages.clear()
      boxes.forEach(([id, box]) => pages.put(box, id))
      notes.put(pack, 'pack')
    }
  })

  const opened = async (id, key) => {
    const box = await x.read('pages', id)
    return box ? JSON.parse(new TextDecoder().decode(await x.opened(box, key))) : null
  }

  // On a good line, while the pages are open, and not more often than they change.
  async function refresh () {
    const taken = await pack()
    const { saveData, effectiveType = '4g' } = navigator.connection || {}
    if (!taken || taken.age < FRESH_FOR || saveData || /2g/.test(effectiveType) || !(await openKey())) return
    await take(taken.villages).catch(() => {})
  }

  Object.assign(x, { Refused, serverNow, choosePin, unlock, openKey, pack, wipe, take, refresh, note, meta, belongs, page: opened })
})()
