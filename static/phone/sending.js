// Sending what the phone keeps: files in slices that go on where the line broke, then the form, under one key for ever.
// Nothing is ever deleted by a failure.
(() => {
  const x = self.xiaohao
  const SLICE = 128 * 1024
  const STALL = 30000
  // A form that waited longer is told to have waited, in milliseconds.
  const LATE = 60000
  const OURS = { 'X-Requested-With': 'xiaohao' }
  const passing = (status) => status === 0 || status === 408 || status === 425 || status === 429 || status >= 500

  class Line extends Error {}
  class SignIn extends Error {
    constructor (see) { super(); this.see = see }
  }

  // Gives up on a line that stands still, not on a slow one.
  function call (method, url, body, headers, told) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest()
      let timer
      const alive = () => { clearTimeout(timer); timer = setTimeout(() => request.abort(), STALL) }
      request.open(method, url)
      for (const name in headers) request.setRequestHeader(name, headers[name])
      request.upload.onprogress = (event) => { alive(); if (told) told(event.loaded) }
      request.onprogress = alive
      request.onload = () => { clearTimeout(timer); resolve(request) }
      request.onerror = request.onabort = () => { clearTimeout(timer); reject(new Line()) }
      alive()
      request.send(body)
    })
  }

  function json (request) {
    try { return JSON.parse(request.responseText) } catch (error) { return null }
  }

  // Signed out; and where somebody ended the session, nothing of the pages taken along stays on this phone.
  async function refused (request, answer) {
    if (![401, 410].includes(request.status) || !answer || !answer.error) return
    if (request.status === 410) await x.wipe().catch(() => {})
    throw new SignIn(answer.see)
  }

  // A token for the next forms.  An answer that is not ours (a portal's page) is no line.
  async function hello () {
    const request = await call('GET', '/phone/hello', null, OURS)
    const told = json(request)
    await refused(request, told)
    if (!told || !told.token || told.user !== x.who) throw told && told.user ? new SignIn() : new Line()
    const now = Date.parse(told.now)
    await x.note({ clock: { offset: now - Date.now(), latest: now } }).then(() => x.belongs(told.place)).catch(() => {})
    return told.token
  }

  // Upload a file; the server's word counts of how much has arrived.  Returns a sentence if the server cannot take it.
  async function upload (each, told) {
    const bytes = await x.file(each.sha)
    if (bytes === null) return null
    const token = await hello()
    // Where an earlier try may have sent something, the server is asked first.
    let at = each.begun ? -1 : 0
    each.begun = true
    for (let tries = 0; tries < 2000; tries++) {
      const end = Math.min(at + SLICE, bytes.byteLength)
      const asks = at < 0 || at === bytes.byteLength 
      const range = asks ? '*' : `${at}-${end - 1}`
      const body = asks ? null : bytes.slice(at, end)
      const request = await call('PUT', `/phone/files/${each.sha}`, body, {
        ...OURS,
        'X-CSRFToken': token,
        'X-Filename': encodeURIComponent(each.name),
        'Content-Type': 'application/octet-stream',
        'Content-Range': `bytes ${range}/${bytes.byteLength}`
      }, (sent) => told && told((Math.max(at, 0) + sent) / bytes.byteLength))
      const answer = json(request)
      await refused(request, answer)
      if (answer === null || passing(request.status)) throw new Line()
      if (answer.error) return answer.said
      if (answer.done) return null
      at = answer.at
    }
    throw new Line()
  }

  // Send one form.  { see } after the yes; { page, status } for a page of ours that says otherwise.
  async function post (one, told) {
    for (const each of one.files) {
      const said = await upload(each, told)
      if (said) return { said, status: 422 }
    }
    const form = new FormData()
    for (const [name, value] of one.fields) form.append(name, value)
    for (const each of one.files) form.append('held', `${each.field} ${each.sha}`)
    form.append('once', one.id)
    form.append('csrf_token', await hello())
    // Of a form that waited the server is told when it was sent off; what it makes of that is its own matter.
    const waited = one.late ? { 'X-Told-At': new Date(one.pressed).toISOString() } : {}
    const request = await call('POST', one.action, form, { ...OURS, ...waited }, told && ((sent) => told(1)))
    const answer = json(request)
    await refused(request, answer)
    if (answer && answer.once === one.id) return { see: answer.see }
    if (request.getResponseHeader('X-Once') !== one.id || passing(request.status)) throw new Line()
    return { page: request.responseText, status: request.status, taken: request.getResponseHeader('X-Files') === 'taken' }
  }

  // One tab sends at a time; before Safari 15.4 one form of a page, and the server's once-key does the rest.
  let turn = Promise.resolve()
  function alone (work, waits) {
    if (!navigator.locks) {
      const mine = turn.then(work)
      turn = mine.catch(() => {})
      return mine
    }
    return navigator.locks.request(`send ${x.who}`, waits ? {} : { ifAvailable: true }, (lock) => lock ? work() : null)
  }

  // Send everything that waits, in order; what follows a refused form about the same page waits for it.
  async function sendAll (shown) {
    if (!x.able) return
    await alone(async () => {
      const stopped = new Set()
      for (const { id } of await x.entries()) {
        const one = await x.entry(id)
        if (!one || one.state !== 'waiting' || stopped.has(one.page)) continue
        shown(one, 'sending')
        await x.shrinkAll(one)
        const outcome = await post({ ...one, late: await x.serverNow() - one.pressed > LATE })
        if (outcome.see) {
          await x.forget(id)
          shown(one, 'sent', outcome.see)
        } else {
          stopped.add(one.page)
          await x.keep({ ...one, state: 'refused', why: outcome.said || x.reasonIn(outcome.page) })
          shown(one, 'refused')
        }
      }
    })
  }

  // What a page of ours says against a form, in its own words.
  function reasonIn (text) {
    const page = new DOMParser().parseFromString(text, 'text/html')
    const found = [...page.querySelectorAll('main .alert, main .invalid-feedback')].map((each) => each.textContent.trim())
    return found.filter(Boolean).join(' ') || page.querySelector('main').textContent.trim().slice(0, 300)
  }

  Object.assign(x, { Line, SignIn, call, json, hello, refused, upload, post, alone, sendAll, reasonIn })
})()
