// The service worker: it holds the versioned assets and one page without a name in it.  Pages come from the network; where
// there is none, that page stands in and shows what the phone holds.  VERSION, ASSETS and SHELL are written above this text.
const CACHE = `xiaohao-${VERSION}`
// A line that stands still for so long is none, in milliseconds.
const PATIENCE = 8000

// A failed download lets the worker of before go on; nothing is half installed.
self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([...ASSETS, SHELL])).then(() => self.skipWaiting()))
})

// The assets of the version before stay for pages that are open.
self.addEventListener('activate', (event) => {
  event.waitUntil((async () => {
    const ours = (await caches.keys()).filter((name) => name.startsWith('xiaohao-') && name !== CACHE)
    await Promise.all(ours.slice(0, -1).map((name) => caches.delete(name)))
    await self.clients.claim()
  })())
})

self.addEventListener('message', (event) => {
  if (event.data === 'language') event.waitUntil(caches.open(CACHE).then((cache) => cache.add(SHELL)))
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== self.location.origin) return
  if (request.mode === 'navigate') event.respondWith(navigated(request))
  else if (url.pathname.startsWith('/static/')) event.respondWith(caches.match(request).then((held) => held || fetch(request)))
})

async function navigated (request) {
  let timer
  const slow = new Promise((resolve) => { timer = setTimeout(resolve, PATIENCE) })
  const answer = fetch(request)
  try {
    const first = await Promise.race([answer, slow])
    if (first) return first
    return (await caches.match(SHELL)) || await answer
  } catch (error) {
    return (await caches.match(SHELL)) || Response.error()
  } finally {
    clearTimeout(timer)
    answer.catch(() => {})
  }
}
