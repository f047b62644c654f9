// node verify.mjs ROOT.pem CARD: Node has no way to call a C library without an addon, and the program says the same as
// the library, in JSON. It exits with 0 accepted, 1 refused, 2 could not tell, so the answer is on its standard output.
import { spawnSync } from 'node:child_process'
const [root, card] = process.argv.slice(2)
const { stdout } = spawnSync('yufu', ['verify', '--json', '--trust', root, card], { encoding: 'utf8' })
const answer = JSON.parse(stdout)
console.log(answer.verdict, answer.reason ?? '', answer.advice ?? '', answer.claims ?? '')
