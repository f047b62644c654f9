// People before a browser: Debian's chromium, with the demo's virtual camera behind getUserMedia.  The pages and the
// server are those of everybody; the camera moves because it is drawn to move.
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'

const require = createRequire(import.meta.url)
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')
const CAMERA = 'build/web/demo/virtual-camera.js'
const SHOTS = process.env.YUFU_SHOTS ?? 'build/shots'
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'

export const PHONE = { width: 390, height: 844 }
export const TABLET = { width: 1024, height: 768 }

export function openBrowser() {
	return chromium.launch({
		executablePath: CHROMIUM,
		args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
			'--disable-component-update', '--disable-sync'],
	})
}

/** A window of its own: its own storage, language and camera. `picture`: who sits there; null: the lens is covered. */
export async function openWindow(browser, { viewport = PHONE, locale = 'en-US', picture } = {}) {
	const context = await browser.newContext({ viewport, locale })
	if (picture !== undefined) {
		await context.addInitScript({ path: CAMERA })
		await context.addInitScript((who) => { window.yufuVirtualCamera.install({ picture: who }) }, picture)
	}
	const page = await context.newPage()
	page.outside = []
	page.errors = []
	page.on('request', (request) => {
		const url = new URL(request.url())
		if (!['blob:', 'data:'].includes(url.protocol) && url.hostname !== 'localhost') page.outside.push(request.url())
	})
	page.on('pageerror', (error) => page.errors.push(error.message))
	return page
}

/** What axe finds wrong on the page as it is now, in words. */
export async function violations(page) {
	await page.evaluate(AXE)
	const result = await page.evaluate(() => window.axe.run(document))
	return result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)
}

export async function shoot(page, name) {
	mkdirSync(SHOTS, { recursive: true })
	await page.waitForTimeout(300)
	await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true })
}
