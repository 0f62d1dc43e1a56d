// Passkeys: asks the browser for one and sends the device's answer with the form.  Without this script, or in a browser that
// knows no passkeys, the buttons stay hidden and codes of the phone remain.
function bytesOf(text) {
  const plain = atob(text.replace(/-/g, '+').replace(/_/g, '/'))
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0))
}

function textOf(buffer) {
  const plain = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join('')
  return btoa(plain).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

const withBytes = (each) => ({ ...each, id: bytesOf(each.id) })

async function addedWith(options) {
  const made = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytesOf(options.challenge),
      user: { ...options.user, id: bytesOf(options.user.id) },
      excludeCredentials: (options.excludeCredentials || []).map(withBytes),
    },
  })
  return answerOf(made, ['clientDataJSON', 'attestationObject'])
}

async function givenFor(options) {
  const given = await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: bytesOf(options.challenge),
      allowCredentials: (options.allowCredentials || []).map(withBytes),
    },
  })
  return answerOf(given, ['clientDataJSON', 'authenticatorData', 'signature'])
}

function answerOf(credential, parts) {
  const response = Object.fromEntries(parts.map((part) => [part, textOf(credential.response[part])]))
  return JSON.stringify({ id: credential.id, rawId: textOf(credential.rawId), type: credential.type, response })
}

async function freshOptions(address, form) {
  const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value })
  const answer = await fetch(address, { method: 'POST', body, credentials: 'same-origin' })
  if (!answer.ok) throw new Error(answer.status)
  return answer.json()
}

function send(form, button) {
  // The button is named by hand: `submit()` sends none, and asks for no code where a passkey stands in for it; and a
  // form of this site may have an input of that name.
  const named = form.elements.passkey_act
  if (named) named.name = 'act'
  button.disabled = true
  HTMLFormElement.prototype.submit.call(form)
}

for (const box of document.querySelectorAll('[data-passkey]')) {
  const form = box.closest('form')
  const button = box.querySelector('button')
  const answer = box.querySelector('input[data-answer]')
  if (!window.PublicKeyCredential || !form) continue
  box.hidden = false
  button.addEventListener('click', async () => {
    const name = form.elements.passkey_name
    if (name && !name.reportValidity()) return
    const fault = box.querySelector('[role=alert]')
    fault.textContent = ''
    button.disabled = true
    try {
      answer.value = box.dataset.passkey === 'add'
        ? await addedWith(JSON.parse(box.dataset.options))
        : await givenFor(await freshOptions(box.dataset.address, form))
    } catch (error) {
      button.disabled = false
      fault.textContent = error.name === 'InvalidStateError' ? box.dataset.held : box.dataset.failed
      return
    }
    send(form, button)
  })
}
