// Rows of a list that can be ticked: a range with Shift, all of this view, and how many are ticked.  Without this script
// boxes and buttons work as they are.
(() => {
  let last = null
  const boxesOf = (form) => [...form.querySelectorAll('input[name=t]:not(:disabled)')]

  function tell (form) {
    const all = form.querySelector('[data-rows-all]')
    const ticked = boxesOf(form).filter((box) => box.checked)
    const count = form.querySelector('[data-rows-count]')
    if (!count) return
    count.textContent = all.checked || !ticked.length ? '' : count.dataset.rowsCount.replace('{n}', ticked.length)
    for (const button of form.querySelectorAll('button[name=act]')) {
      const fits = all.checked || ticked.some((box) => box.dataset.acts.split(' ').includes(button.value))
      button.disabled = !fits
    }
  }

  document.addEventListener('click', (event) => {
    const box = event.target
    if (!(box instanceof HTMLInputElement) || box.name !== 't' || !box.form || !box.form.hasAttribute('data-rows')) return
    const boxes = boxesOf(box.form)
    if (event.shiftKey && last && boxes.includes(last)) {
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b)
      boxes.slice(from, to + 1).forEach((each) => { each.checked = box.checked })
    }
    last = box
  })
  document.addEventListener('change', (event) => {
    const form = event.target.form
    if (!form || !form.hasAttribute('data-rows')) return
    if (event.target.hasAttribute('data-rows-all')) boxesOf(form).forEach((box) => { box.checked = event.target.checked })
    else if (event.target.name === 't' && !event.target.checked) form.querySelector('[data-rows-all]').checked = false
    tell(form)
  })
  // An ID number or a phone never enters an address: it is looked for by the button, and not while it is typed.
  document.addEventListener('htmx:configRequest', (event) => {
    if (event.target.hasAttribute('data-while-typing') && /\d{9}/.test(event.target.value.replace(/\s/g, ''))) event.preventDefault()
  })
  // What an act asks for is in view when its fold is opened.
  document.addEventListener('toggle', (event) => {
    const bar = event.target.closest && event.target.closest('.x-many')
    if (bar && event.target.open) event.target.scrollIntoView({ block: 'nearest' })
  }, true)
  document.addEventListener('htmx:afterSettle', () => document.querySelectorAll('form[data-rows]').forEach(tell))
  // Ticks that the phone has kept are put back after this script has run.
  document.addEventListener('phone-changed', () => document.querySelectorAll('form[data-rows]').forEach(tell))
  document.querySelectorAll('form[data-rows]').forEach(tell)
})()
