// What a form lacks is said before it is sent: at the input, in the page's language, in the words that the server uses, and
// never by the browser.  The day of a visit follows the photo that shows it.  Without this script the server says the same.
(() => {
  const words = JSON.parse(document.body.dataset.refusals)
  const fill = (name, values) => Object.entries(values).reduce((text, [key, value]) => text.replaceAll(`{${key}}`, value), words[name])

  function nameOf (control) {
    const legend = control.type === 'radio' || control.type === 'checkbox' ? control.closest('fieldset')?.querySelector('legend') : null
    const label = legend || (control.labels && control.labels[0])
    // The caption alone: what must or may be given, and hints, stand in elements of their own.
    const text = label ? [...label.childNodes].filter((one) => one.nodeType === Node.TEXT_NODE).map((one) => one.data).join('') : ''
    return text.replace(/\s+/g, ' ').trim() || control.getAttribute('aria-label') || control.placeholder || control.name
  }

  const written = (day) => /^\d{4}-\d\d-\d\d$/.test(day)
    ? new Date(`${day}T00:00`).toLocaleDateString(document.documentElement.lang === 'en' ? 'en-GB' : 'zh-CN', { dateStyle: 'long' })
    : day

  function sentence (control) {
    const field = nameOf(control)
    const is = control.validity
    const number = control.type === 'number' || control.hasAttribute('data-min') || control.hasAttribute('data-max')
    const { min, max } = control.type === 'number' || control.type === 'date' ? control : { min: control.dataset.min, max: control.dataset.max }
    if (is.valueMissing || empty(control)) return fill({ 'select-one': 'choose', radio: 'choose', file: 'file', checkbox: 'tick' }[control.type] || 'missing', { field })
    if (is.rangeUnderflow || below(control)) return fill(number ? 'least' : 'early', { field, min: written(min) })
    if (is.rangeOverflow || above(control)) return fill(number ? 'most' : 'late', { field, max: written(max) })
    if (is.badInput) return fill(number ? 'number' : 'day', { field })
    if (is.tooShort) return fill('short', { field, n: control.minLength })
    return fill('form', { field })
  }

  const figure = (control) => /^-?\d+(\.\d+)?$/.test(control.value.trim()) ? Number(control.value) : null
  const below = (control) => control.dataset.min !== undefined && figure(control) !== null && figure(control) < Number(control.dataset.min)
  const above = (control) => control.dataset.max !== undefined && figure(control) !== null && figure(control) > Number(control.dataset.max)
  // Required of one button of a form alone: of that in the same fold.
  const empty = (control) => control.hasAttribute('data-must') && !control.value.trim()

  function say (control) {
    take(control)
    const told = document.createElement('div')
    told.className = 'invalid-feedback d-block'
    told.id = `${control.id || control.name}-lacks`
    told.textContent = sentence(control)
    const row = control.type === 'radio' || control.type === 'checkbox' ? control.closest('fieldset') || control.closest('label') : control
    row === control || row.tagName === 'LABEL' ? row.after(told) : row.append(told)
    control.classList.add('is-invalid')
    control.setAttribute('aria-invalid', 'true')
    control.setAttribute('aria-describedby', told.id)
  }

  function take (control) {
    const told = document.getElementById(`${control.id || control.name}-lacks`)
    if (!told) return
    told.remove()
    const same = control.type === 'radio' ? control.form.querySelectorAll(`[name="${CSS.escape(control.name)}"]`) : [control]
    same.forEach((one) => {
      one.classList.remove('is-invalid')
      one.removeAttribute('aria-invalid')
      one.removeAttribute('aria-describedby')
    })
  }

  // The first control that is wrong takes the focus; of a group of radios one sentence is enough.
  let first = null
  const once = new Set()
  function refuse (control) {
    if (control.type === 'radio' && once.has(control.name)) return
    once.add(control.name)
    for (let fold = control.closest('details'); fold; fold = fold.parentElement.closest('details')) fold.open = true
    say(control)
    if (first) return
    first = control
    setTimeout(() => {
      first.focus()
      first.scrollIntoView({ block: 'center' })
      first = null
      once.clear()
    })
  }

  document.addEventListener('invalid', (event) => {
    event.preventDefault()
    refuse(event.target)
  }, true)
  document.addEventListener('input', (event) => take(event.target))
  document.addEventListener('change', (event) => take(event.target))

  // Before the scripts that send a form: what the browser does not look at itself.
  document.addEventListener('submit', (event) => {
    const form = event.target
    const button = event.submitter
    if (form.noValidate || (button && button.formNoValidate)) return
    const asked = [...form.elements].filter((one) => empty(one) && (!one.closest('details') || one.closest('details').contains(button)))
    const bounded = [...form.elements].filter((one) => below(one) || above(one))
    if (![...asked, ...bounded].length) return
    event.preventDefault()
    event.stopImmediatePropagation()
    ;[...asked, ...bounded].forEach(refuse)
  }, true)

  // The day on which the camera took the photo, where it may be the day of the visit.
  document.addEventListener('change', async (event) => {
    const input = event.target
    if (input.type === 'date') input.dataset.typed = 'yes'
    if (input.type !== 'file' || !input.form || !input.files.length) return
    const day = input.form.querySelector('input[data-photo-day]')
    if (!day || day.dataset.typed) return
    const head = new TextDecoder('latin1').decode(await input.files[0].slice(0, 131072).arrayBuffer())
    const taken = /Exif\0\0[^]*?(\d{4}):(\d\d):(\d\d) \d\d:\d\d:\d\d/.exec(head)
    const found = taken && taken.slice(1, 4).join('-')
    // An old picture of the gallery is no sign of the day.
    const month = new Date(new Date(day.max) - 31 * 86400000).toISOString().slice(0, 10)
    if (found && found !== day.value && found >= (day.min || month) && found >= month && found <= day.max) {
      day.value = found
      day.closest('details')?.setAttribute('open', '')
      day.dispatchEvent(new Event('input', { bubbles: true }))
    }
  })
})()
