// Files that are too large together are found before they are sent, by the input they were chosen in: an upload that is
// refused at its end costs a village its hour of signal.  Without scripts the server says the same.
document.addEventListener('submit', (event) => {
  const form = event.target
  const { most, tooLarge } = document.body.dataset
  const limit = Number(form.dataset.most || most)
  let sent = 0
  let last = null
  for (const input of form.querySelectorAll('input[type=file]')) {
    forget(input)
    for (const file of input.files) {
      sent += file.size
      last = input
    }
  }
  // What stands around the files in a request counts too.
  if (last === null || sent + 65536 <= limit) return
  event.preventDefault()
  const told = document.createElement('div')
  told.className = 'invalid-feedback d-block'
  told.id = `${last.id}-too-large`
  told.setAttribute('role', 'alert')
  told.textContent = tooLarge.replace('{sent}', megabytes(sent)).replace('{most}', Math.floor(limit / 1048576))
  last.after(told)
  last.classList.add('is-invalid')
  last.setAttribute('aria-describedby', told.id)
  last.addEventListener('change', () => forget(last), { once: true })
  last.focus()
})

function megabytes(bytes) {
  return Math.ceil(bytes / 1048576)
}

function forget(input) {
  const told = document.getElementById(`${input.id}-too-large`)
  if (told === null) return
  told.remove()
  input.classList.remove('is-invalid')
  input.removeAttribute('aria-describedby')
}
