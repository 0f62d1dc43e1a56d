// What waits on the phone: shown in one line, and sent whenever there may be a signal: when a page opens or comes back, when
// the phone says so, and again and again in between.  A phone of Apple has no other moment.
(() => {
  const x = self.xiaohao

  async function status () {
    const all = await x.entries().catch(() => [])
    const waiting = all.filter((one) => one.state === 'waiting').length
    const refused = all.filter((one) => one.state === 'refused').length
    const line = document.getElementById('phone-line')
    line.hidden = !waiting && !refused
    line.textContent = [waiting && x.say('waiting', { n: waiting }), refused && x.say('needsYou', { n: refused })].filter(Boolean).join(' · ')
    document.dispatchEvent(new CustomEvent('phone-changed', { detail: all }))
    return waiting
  }

  let pause = 5000
  let timer
  async function go () {
    clearTimeout(timer)
    const line = document.getElementById('phone-line')
    try {
      if (await status()) {
        await x.sendAll((one, what, see) => {
          if (what === 'sending') line.textContent = x.say('sendingOne', { title: one.title })
          else followed(one, see)
        })
        pause = 5000
      }
    } catch (error) {
      if (!(error instanceof x.Line || error instanceof x.SignIn)) throw error
      pause = Math.min(pause * 2, 300000)
    }
    if (await status()) timer = setTimeout(go, pause * (0.75 + Math.random() / 2))
  }

  // A form of this page that was sent, or refused, while it waited.
  function followed (one, see) {
    if (x.shows(one.id)) see ? location.assign(see) : location.reload()
  }

  // Browsers delete what a page keeps when the phone is full; Safari also after seven days without a visit, unless it is asked
  // not to or the page was put on the home screen.
  const lasts = async () => navigator.storage && navigator.storage.persist ? navigator.storage.persist().catch(() => false) : false

  document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && go())
  self.addEventListener('online', () => go())
  Object.assign(x, { status, go, lasts })
})()
