// The part of “On this phone” that takes pages along: a PIN, the villages of the trip, and what is on the phone now.
(() => {
  const x = self.xiaohao
  const form = document.getElementById('take')
  const { pin, again } = form.elements
  const status = document.getElementById('take-status')
  const away = document.getElementById('take-delete')
  const tell = (text) => { status.textContent = text }
  const at = (moment) => new Date(moment).toLocaleString(document.documentElement.lang, { dateStyle: 'short', timeStyle: 'short' })

  async function show () {
    const [taken, lock, key] = [await x.pack(), await x.meta('lock'), await x.openKey()]
    // A PIN is chosen twice, given once, and not asked for while the pages are open.
    pin.closest('div').hidden = Boolean(key)
    again.closest('div').hidden = Boolean(lock)
    away.hidden = !taken
    if (!taken) return tell(x.say('nothingOnPhone'))
    const size = Math.max(1, Math.round(taken.size / 1024))
    tell(x.say('onPhoneNow', { n: taken.count, size, at: at(taken.issued), until: at(taken.expires) }) + (taken.left ? ` ${x.say('leftOut', { n: taken.left })}` : ''))
    for (const box of form.querySelectorAll('input[name=village]')) box.checked = taken.villages.includes(box.value)
  }

  async function start () {
    if (!(await x.openKey())) {
      if (!/^\d{6,12}$/.test(pin.value)) return tell(x.say('pinShort'))
      const locked = await x.meta('lock')
      if (!locked && pin.value !== again.value) return tell(x.say('pinDiffers'))
      const said = locked ? await x.unlock(pin.value) : await x.choosePin(pin.value)
      pin.value = again.value = ''
      if (said !== 'open') return tell(x.say({ wrong: 'pinWrong', wait: 'pinWait', gone: 'pinGone' }[said]))
    }
    // What is taken along opens through the worker alone.
    if (!(await x.installed())) return tell(x.say('noLine'))
    const villages = [...form.querySelectorAll('input[name=village]:checked')].map((box) => box.value)
    await x.take(villages, (part) => tell(x.say('taking', { part: Math.round(part * 100) })))
    x.lasts()
    await show()
  }

  form.onsubmit = async (event) => {
    event.preventDefault()
    const button = form.querySelector('button:not([type=button])')
    button.disabled = true
    try { await start() } catch (error) {
      if (error instanceof x.Refused) tell(error.message)
      else if (error instanceof x.Line) tell(x.say('noLine'))
      else if (error instanceof x.SignIn) location.assign(error.see || '/sign-in')
      else if (error && error.name === 'QuotaExceededError') { await x.wipe(); tell(x.say('noRoom')) } else throw error
    }
    button.disabled = false
  }
  away.onclick = async () => { await x.wipe(); await show() }

  // Nothing opens what is taken along where there is no worker (WeChat on iPhones) or no store (a private window).
  async function begin () {
    const can = x.able && 'serviceWorker' in navigator && await x.usable()
    form.hidden = !can
    can ? await show() : tell(x.say('noWorker'))
  }

  begin()
})()
