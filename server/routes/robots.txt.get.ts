/** Pages of somebody's own, in each language. */
const OWN = ['admin', 'account', 'sign-in', 'invitation', 'reset']
const LANGUAGES = ['', 'hi/']

const text = [
  'User-agent: *',
  ...LANGUAGES.flatMap((language) => OWN.map((page) => `Disallow: /${language}${page}`)),
  '',
].join('\n')

/** RFC 9309. */
export default apiRoute((event) => {
  setResponseHeader(event, 'content-type', 'text/plain; charset=utf-8')
  return isUnchanged(event, text) ? null : text
})
