// Wordings: the fold beside a text box shows the sentences that the unit keeps, and a click puts one into the box, where it is
// changed and sent like what was typed.  Without this script the fold has a link to the page that lists them.
(() => {
  let offered = null

  async function ask (address) {
    const answer = await fetch(address)
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status))
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    return [...page.querySelectorAll('[data-sentence]')].map((one) => one.textContent)
  }

  document.addEventListener('toggle', async (event) => {
    const fold = event.target
    if (!(fold instanceof HTMLDetailsElement) || !fold.open || !fold.dataset.wordings || fold.querySelector('[data-offered]')) return
    offered = offered || ask(fold.querySelector('a').href)
    try {
      const box = document.createElement('ul')
      box.className = 'x-plain'
      box.dataset.offered = ''
      for (const sentence of await offered) {
        const button = document.createElement('button')
        Object.assign(button, { type: 'button', className: 'btn btn-outline-secondary', textContent: sentence })
        button.dataset.wording = ''
        box.append(document.createElement('li'))
        box.lastChild.append(button)
      }
      if (!fold.querySelector('[data-offered]')) fold.querySelector('a').before(box)
    } catch {
      // The link stays, and the next opening asks again.
      offered = null
    }
  }, true)

  document.addEventListener('click', (event) => {
    const button = event.target.closest && event.target.closest('[data-wording]')
    const fold = button && button.closest('[data-wordings]')
    const box = fold && document.getElementById(fold.dataset.wordings)
    if (!box) return
    // Where nothing was typed or chosen in the box yet, the sentence follows what is there.
    const from = box.selectionEnd ? box.selectionStart : box.value.length
    box.setRangeText(button.textContent, from, box.selectionEnd || box.value.length, 'end')
    box.dispatchEvent(new Event('input', { bubbles: true }))
    fold.open = false
    box.focus()
  })
})()
