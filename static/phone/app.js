// The installed app: its service worker, and a word when a new version has come.
(() => {
  const x = self.xiaohao
  const away = document.body.hasAttribute('data-away')

  // A page says which language the page without a signal is in; a phone without such a note keeps the first.
  function note (name, value) {
    try {
      const before = localStorage.getItem(name)
      localStorage.setItem(name, value)
      return before
    } catch (error) { return value }
  }

  // The page goes on with the assets it has; what was typed is kept when it is loaded again.
  function renewed () {
    const again = x.make('button', { type: 'button', className: 'btn btn-link p-0', textContent: x.say('reload') })
    again.onclick = () => location.reload()
    const told = x.make('p', { className: 'alert alert-info' }, `${x.say('renewed')} `, again)
    told.setAttribute('role', 'status')
    document.getElementById('main').prepend(told)
  }

  // The worker once it is in place; null where its files did not all arrive, which the next page tries again.
  async function installed () {
    const made = await navigator.serviceWorker.register(document.body.dataset.worker, { scope: '/' })
    const coming = made.installing
    if (made.active || !coming) return made.active
    return new Promise((resolve) => {
      coming.onstatechange = () => /activ|redundant/.test(coming.state) && resolve(made.active)
    })
  }

  async function begin () {
    const worker = navigator.serviceWorker
    const before = worker.controller
    worker.addEventListener('controllerchange', () => before && renewed())
    const active = await installed()
    const language = document.documentElement.lang
    if (active && !away && note('xiaohao-language', language) !== language) active.postMessage('language')
  }

  x.installed = () => installed().catch(() => null)

  // After the page is ready for the person.  Without a worker everything works as it does with a signal.
  if (x.able && 'serviceWorker' in navigator && document.body.dataset.worker) {
    self.addEventListener('load', () => begin().then(() => away || x.refresh()).catch(() => {}))
  }
})()
