// The phone's store: forms and their files, encrypted, written at once, deleted only after the server's yes.
// One database a person: a colleague on the same phone neither reads nor sends what is not theirs.
(() => {
  const STORES = ['entries', 'files', 'meta', 'pages']
  // A store that has not opened by then (Safari 14.6 forgets to answer) is none, in milliseconds.
  const SLOW = 10000
  const who = document.body.dataset.who || lastHere()
  const x = self.xiaohao = self.xiaohao || {}
  let base = null
  let key = null

  // A phone without encryption (a page over plain HTTP) or without a database keeps nothing; forms are sent all the same.
  const able = Boolean(who && self.crypto && crypto.subtle && self.indexedDB)

  // Without a signal the page has no name in it: the forms are those of who was signed in here last.
  function lastHere () {
    try { return localStorage.getItem('xiaohao-who') } catch (error) { return null }
  }

  function nobodyHere () {
    try { localStorage.removeItem('xiaohao-who') } catch (error) { /* nothing was noted */ }
  }

  function open () {
    base = base || new Promise((resolve, reject) => {
      const asked = indexedDB.open(`xiaohao-${who}`, 2)
      setTimeout(() => reject(new DOMException('', 'TimeoutError')), SLOW)
      asked.onupgradeneeded = () => {
        const there = asked.result.objectStoreNames
        STORES.filter((name) => !there.contains(name)).forEach((name) => asked.result.createObjectStore(name))
      }
      asked.onsuccess = () => {
        asked.result.onversionchange = () => { asked.result.close(); base = null }
        asked.result.onclose = () => { base = null } // iOS closes it in the background.
        resolve(asked.result)
      }
      asked.onerror = () => { base = null; reject(asked.error) }
    })
    return base
  }

  async function within (stores, mode, work, again = true) {
    try {
      const database = await open()
      return await new Promise((resolve, reject) => {
        const deal = database.transaction(stores, mode, { durability: mode === 'readwrite' ? 'strict' : 'default' })
        const found = work(deal)
        deal.oncomplete = () => resolve(found && found.result)
        deal.onabort = deal.onerror = () => reject(deal.error)
      })
    } catch (error) {
      if (!again || !error || !/InvalidState|Unknown/.test(error.name)) throw error
      base = null
      return within(stores, mode, work, false)
    }
  }

  const read = (store, id) => within([store], 'readonly', (deal) => deal.objectStore(store).get(id))
  const ids = (store) => within([store], 'readonly', (deal) => deal.objectStore(store).getAllKeys())

  // The key never leaves the phone's store and cannot be read out of it; whoever has the unlocked phone can use it.
  async function ownKey () {
    key = key || (async () => {
      const known = await read('meta', 'key')
      if (known) return known
      const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
      await within(['meta'], 'readwrite', (deal) => deal.objectStore('meta').add(made, 'key')).catch(() => {})
      return read('meta', 'key')
    })()
    return key
  }

  // A private window may refuse the store, or to keep a key in it.
  const usable = () => ownKey().then(Boolean, () => false)

  async function sealed (value, under) {
    const iv = crypto.getRandomValues(new Uint8Array(12))
    const plain = value instanceof ArrayBuffer ? value : new TextEncoder().encode(JSON.stringify(value))
    return { iv, bytes: await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, under || await ownKey(), plain) }
  }

  async function opened (box, under) {
    return crypto.subtle.decrypt({ name: 'AES-GCM', iv: box.iv }, under || await ownKey(), box.bytes)
  }

  async function entry (id) {
    const box = await read('entries', id)
    return box ? JSON.parse(new TextDecoder().decode(await opened(box))) : null
  }

  // All forms on this phone, the oldest first.
  async function entries () {
    const found = []
    for (const id of await ids('entries')) {
      const one = await entry(id).catch(() => null)
      if (one) found.push(one)
    }
    return found.sort((a, b) => a.made - b.made)
  }

  // A phone without room gives up the pages it took along, which can be had again, for what was written on it.
  async function put (store, id, value, gone = []) {
    const box = await sealed(value)
    const stores = gone.length ? [store, 'files'] : [store]
    const work = (deal) => {
      gone.forEach((file) => deal.objectStore('files').delete(file))
      return deal.objectStore(store).put(box, id)
    }
    try { return await within(stores, 'readwrite', work) } catch (error) {
      if (!error || error.name !== 'QuotaExceededError') throw error
      await x.wipe()
      return within(stores, 'readwrite', work)
    }
  }

  // A form as it is now; the files that it names no more go in the same moment.
  const keep = (one, gone) => put('entries', one.id, one, gone)
  const keepFile = (sha, bytes) => put('files', sha, bytes)

  async function file (sha) {
    const box = await read('files', sha)
    return box ? opened(box) : null
  }

  // Forget a form, and its files that no other form on this phone names.
  async function forget (id) {
    const others = (await entries()).filter((one) => one.id !== id)
    const named = new Set(others.flatMap((one) => one.files.map((each) => each.sha)))
    const gone = await entry(id)
    await within(['entries', 'files'], 'readwrite', (deal) => {
      deal.objectStore('entries').delete(id)
      for (const each of gone ? gone.files : []) if (!named.has(each.sha)) deal.objectStore('files').delete(each.sha)
    })
  }

  function hex (bytes) {
    return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
  }

  const fresh = () => hex(crypto.getRandomValues(new Uint8Array(16)))
  const sha256 = async (bytes) => hex(await crypto.subtle.digest('SHA-256', bytes))

  if (document.body.dataset.who) try { localStorage.setItem('xiaohao-who', who) } catch (error) { /* kept for this page alone */ }
  Object.assign(x, {
    able, usable, who, entry, entries, keep, keepFile, file, forget, fresh, sha256, read, ids, within, sealed, opened, nobodyHere
  })
})()
