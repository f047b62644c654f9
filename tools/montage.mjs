#!/usr/bin/env node
// Puts screenshots of tests/browser side by side for the documents: tools/montage.mjs SHOTS OUT
// Portraits are blurred: the sample pictures show people, and none of them asked to be in a README.
import { mkdirSync, readFileSync } from 'node:fs'
import { chromium } from 'playwright-core'

const [shots, out] = process.argv.slice(2)
if (!out) {
	console.error('usage: tools/montage.mjs SHOTS OUT')
	process.exit(2)
}

/* name, width of the page, height that is shown, where portraits are */
const PHONE = { width: 390, show: 844 }
const DESK = { width: 1024, show: 768 }
const PICTURES = {
	'main-job': [
		{ name: 'consent', ...PHONE },
		{ name: 'card', ...PHONE, portraits: [[36, 174, 84, 108]] },
		{ name: 'wallet-consent', ...PHONE, show: 1290, portraits: [[36, 458, 98, 122]] },
		{ name: 'hotel-accepted', ...DESK, portraits: [[57, 183, 344, 427]] },
	],
	'other-pages': [
		{ name: 'enrol', ...PHONE },
		{ name: 'consent-zh', ...PHONE },
		{ name: 'no-face-zh', ...PHONE },
		{ name: 'hotel-asks', ...DESK },
		{ name: 'cafe-accepted', ...DESK },
	],
	'more-pages': [
		{ name: 'home', ...DESK, show: 1300 },
		{ name: 'wallet-empty', ...PHONE },
		{ name: 'identify-wrong', ...PHONE },
		{ name: 'face', ...PHONE, portraits: [[70, 322, 250, 345]] },
		{ name: 'refused', ...PHONE },
		{ name: 'camera', ...DESK, show: 1433, portraits: [[16, 266, 548, 411], [16, 948, 480, 86]] },
	],
}
const HEIGHT = 420

function figure({ name, width, show, portraits = [] }) {
	const scale = HEIGHT / show
	const png = readFileSync(`${shots}/${name}.png`).toString('base64')
	const blur = portraits.map(([x, y, w, h]) =>
		`<i style="left:${x * scale}px;top:${y * scale}px;width:${w * scale}px;height:${h * scale}px"></i>`).join('')
	return `<div style="width:${width * scale}px"><img src="data:image/png;base64,${png}" width="${width * scale}">${blur}</div>`
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] })
mkdirSync(out, { recursive: true })
for (const [name, list] of Object.entries(PICTURES)) {
	const page = await browser.newPage({ viewport: { width: 2000, height: 600 } })
	await page.setContent(`<style>
		body { margin: 0; background: #fff } main { display: inline-flex; gap: 14px; padding: 10px }
		div { position: relative; height: ${HEIGHT}px; overflow: hidden; border: 1px solid #c9c9c4; border-radius: 8px }
		img { display: block } i { position: absolute; backdrop-filter: blur(7px) }
	</style><main>${list.map(figure).join('')}</main>`)
	await page.locator('main').screenshot({ path: `${out}/${name}.png` })
	await page.close()
}
await browser.close()
