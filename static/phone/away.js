// The page that stands in without a signal: it opens what the phone took along, under its PIN, and shows the page of the
// address with its forms as the server drew them.
(() => {
  const x = self.xiaohao
  const main = document.getElementById('main')
  const piece = (name) => document.getElementById(`away-${name}`).content.cloneNode(true)
  const shownAt = (moment) => new Date(moment).toLocaleString(document.documentElement.lang, { dateStyle: 'short', timeStyle: 'short' })

  function told (text, look = 'warning') {
    const line = x.make('p', { className: `alert alert-${look}`, textContent: text })
    line.setAttribute('role', look === 'danger' ? 'alert' : 'status')
    return line
  }

  async function show () {
    main.replaceChildren(piece('head'))
    document.getElementById('away-again').onclick = () => location.reload()
    const here = location.pathname + location.search
    if (here.startsWith('/phone')) main.append(piece('phone'))
    else main.append(x.make('h1', { className: 'h4', textContent: document.title.split(' · ')[0] }))
    const taken = x.able ? await x.pack() : null
    const key = taken && await x.openKey()
    if (!x.able) main.append(told(x.say('nobody')))
    else if (!taken) main.append(told(x.say('nothingTaken')))
    else if (!key) ask()
    else await open(taken, key, here)
    if (x.able) x.begin()
  }

  function ask () {
    main.append(piece('pin'))
    const form = document.getElementById('away-unlock')
    form.onsubmit = async (event) => {
      event.preventDefault()
      const said = await x.unlock(form.elements.pin.value)
      form.elements.pin.value = ''
      if (said === 'open') return location.reload()
      form.querySelector('[role=alert]').textContent = x.say({ wrong: 'pinWrong', wait: 'pinWait', gone: 'pinGone' }[said])
    }
    form.elements.pin.focus()
  }

  // The page of this address, and all addresses; read again where the pages were taken anew between the two reads.
  async function found (taken, key, here, again = true) {
    const index = await x.page('index', key) || {}
    const at = index[here === '/' ? taken.first : here] || index[location.pathname]
    const page = at && await x.page(at.id, key)
    return at && !page && again ? found(taken, key, here, false) : [page, index]
  }

  async function open (taken, key, here) {
    const [page, index] = await found(taken, key, here)
    const at = { at: shownAt(taken.issued) }
    main.append(taken.age > 86400000 ? told(x.say('oldPage', at), 'warning') : x.make('p', { className: 'x-soft', textContent: x.say('asOf', at) }))
    if (page) {
      document.title = page.title
      main.querySelector(':scope > h1').remove()
      main.append(...fitted(page.main, taken, index))
    } else if (!here.startsWith('/phone')) main.append(told(x.say('notTaken')))
    if (!page) main.append(list(index))
  }

  function lifted (form) {
    form.querySelectorAll(':scope > input, :scope > button').forEach((one) => one.remove())
    form.replaceWith(...form.childNodes)
  }

  // The page without what needs a signal: pictures, and forms that decide on what cannot be seen here.
  function fitted (text, taken, index) {
    const page = new DOMParser().parseFromString(text, 'text/html').body
    const works = taken.forms.map((pattern) => new RegExp(pattern))
    page.querySelectorAll('img, script').forEach((one) => one.remove())
    for (const form of page.querySelectorAll('form')) {
      const action = form.getAttribute('action') || ''
      if (form.hasAttribute('data-keep') && works.some((one) => one.test(action))) continue
      // The rows of a list stay without the acts on them; a search goes, since this phone has one of its own.
      if (form.hasAttribute('data-rows')) lifted(form)
      else if (form.method !== 'post' || form.matches('[role=search]')) form.remove()
      else {
        const around = form.closest('details.x-action') || form
        const act = around.querySelector('summary, button:not([type=button])')
        const text = [act && act.textContent.trim(), x.say('needsLine')].filter(Boolean).join(' · ')
        around.replaceWith(x.make('p', { className: 'x-soft', textContent: text }))
      }
    }
    for (const link of page.querySelectorAll('a[href^="/"]')) {
      const to = link.getAttribute('href')
      if (!index[to] && !index[to.split('?')[0]] && to !== '/phone') link.classList.add('x-needs-line')
    }
    // The days that a form opens with are those of the phone.
    const now = new Date(taken.now)
    const today = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, '0')).join('-')
    page.querySelectorAll('input[data-today]').forEach((one) => { one.value = one.max = today })
    return [...page.childNodes].map((one) => document.adoptNode(one))
  }

  // All pages on this phone, narrowed while one types.
  function list (index) {
    const all = piece('list')
    const named = new Map(Object.entries(index).reverse().map(([path, { title, about }]) => [`${title} ${about}`, { path, title, about }]))
    const rows = [...named.values()].reverse().map(({ path, title, about }) => x.make('li', { className: 'x-row' },
      x.make('a', { className: 'x-short', href: path }, x.make('strong', { textContent: title }), ' ', x.make('small', { textContent: about === title ? '' : about }))))
    all.querySelector('ol').append(...rows)
    const typed = all.querySelector('input')
    typed.oninput = () => rows.forEach((row) => { row.hidden = !row.textContent.includes(typed.value.trim()) })
    return all
  }

  show()
})()
