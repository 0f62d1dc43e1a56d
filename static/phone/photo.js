// A photo before it leaves the phone: at most 1,600 pixels and about 300 KB, upright, with the camera's time and place.
// What cannot be decoded here (HEIC on Android, a document) is sent as it is.
(() => {
  const LONGEST = 1600
  const MOST = 300 * 1024
  const QUALITIES = [0.8, 0.65, 0.5, 0.4]

  // The bytes to send, and whether they were made smaller.  `raw` is read at once: Android withdraws a chosen file later.
  async function smaller (raw, type) {
    if (!/^image\/(jpeg|png|webp|heic|heif)$/.test(type)) return null
    let seen
    try { seen = await decoded(new Blob([raw], { type })) } catch (error) { return null }
    const { naturalWidth: width, naturalHeight: height } = seen
    if (!width || (raw.byteLength <= MOST && Math.max(width, height) <= LONGEST)) return null
    const scale = Math.min(1, LONGEST / Math.max(width, height))
    const canvas = document.createElement('canvas')
    canvas.width = Math.max(1, Math.round(width * scale))
    canvas.height = Math.max(1, Math.round(height * scale))
    const pen = canvas.getContext('2d', { alpha: false })
    pen.imageSmoothingQuality = 'high'
    // Drawn straight to its small size: a canvas of 50 megapixels comes out black on some phones.
    pen.drawImage(seen, 0, 0, canvas.width, canvas.height)
    let made = null
    for (const quality of QUALITIES) {
      made = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality))
      if (made === null || made.size <= MOST) break
    }
    canvas.width = canvas.height = 0 // Safari frees its memory only so.
    if (made === null || made.size >= raw.byteLength) return null
    return joined(new Uint8Array(await made.arrayBuffer()), exif(raw))
  }

  // By an <img>, which every browser turns upright; createImageBitmap ignores the orientation on some.
  async function decoded (blob) {
    const picture = new Image()
    const url = URL.createObjectURL(blob)
    try {
      picture.src = url
      await picture.decode()
      return picture
    } finally {
      URL.revokeObjectURL(url)
    }
  }

  // The EXIF segment of a JPEG with its orientation set to upright, or null.
  function exif (raw) {
    const all = new DataView(raw)
    if (all.byteLength < 4 || all.getUint16(0) !== 0xffd8) return null
    for (let at = 2; at + 4 < all.byteLength && all.getUint8(at) === 0xff;) {
      const mark = all.getUint16(at)
      const size = all.getUint16(at + 2)
      if (mark === 0xffda || size < 2) return null
      if (mark === 0xffe1 && size > 16 && all.getUint32(at + 4) === 0x45786966) return upright(raw.slice(at, at + 2 + size))
      at += 2 + size
    }
    return null
  }

  function upright (segment) {
    const TIFF = 10
    const view = new DataView(segment)
    if (view.byteLength < TIFF + 8) return null
    const little = view.getUint16(TIFF) === 0x4949
    const first = TIFF + view.getUint32(TIFF + 4, little)
    if (first + 2 <= view.byteLength) {
      for (let entry = first + 2, left = view.getUint16(first, little); left > 0; left--, entry += 12) {
        if (entry + 12 > view.byteLength) break
        if (view.getUint16(entry, little) === 0x0112) view.setUint16(entry + 8, 1, little)
      }
    }
    return new Uint8Array(segment)
  }

  function joined (jpeg, segment) {
    if (segment === null) return jpeg.buffer
    // Behind the mark that begins the file, where readers look first.
    const whole = new Uint8Array(jpeg.length + segment.length)
    whole.set(jpeg.subarray(0, 2))
    whole.set(segment, 2)
    whole.set(jpeg.subarray(2), 2 + segment.length)
    return whole.buffer
  }

  self.xiaohao = Object.assign(self.xiaohao || {}, { smaller })
})()
