// A card shown and checked without a network: the wallet draws the code, the
// desk reads it with its camera, and both go on when the network is gone.
import { after, before, describe, it } from "node:test";
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import qrcode from "qrcode-generator";
import { City } from "../api/lib/city.mjs";
import { enrol, offer } from "../api/lib/wallet.mjs";

const BROWSER = process.env.CHROMIUM ?? "/usr/bin/chromium";
const YUFU = process.env.YUFU ?? "build/yufu";
const missing = [BROWSER, YUFU].filter((path) => !existsSync(path));
const skip = missing.length > 0 ? `SKIPPED browser: no ${missing}` : false;
if (skip) console.error(skip);

const ARGS = [
	"--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
	"--disable-background-networking",
];
const AXE = readFileSync(
	new URL("../../node_modules/axe-core/axe.min.js", import.meta.url),
	"utf8",
);
const PHONE = { width: 390, height: 844 };
const WAIT = { timeout: 15000 };
/* SHOTS=folder keeps pictures of the pages, to be looked at. */
const SHOTS = process.env.SHOTS;

let city;
let browser;
let person;
before(async () => {
	if (skip) return;
	city = await new City().start();
	person = await enrol(city);
	browser = await chromium.launch({ executablePath: BROWSER, args: ARGS });
});
after(async () => {
	await browser?.close();
	await city?.close();
});

async function open(path, from = browser, options = {}) {
	const context = await from.newContext({ viewport: PHONE, locale: "en", ...options });
	const page = await context.newPage();
	const wrong = [];
	page.on("pageerror", (error) => wrong.push(error.message));
	await page.goto(city.url + path);
	await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
	return { context, page, wrong };
}

async function accessible(page) {
	await page.waitForTimeout(300);
	await page.evaluate(AXE);
	const found = await page.evaluate(async () => {
		const { violations } = await axe.run();
		return violations.map((v) => `${v.id}: ${v.nodes[0].html}`);
	});
	assert.deepEqual(found, []);
}

async function shot(page, name) {
	if (!SHOTS) return;
	mkdirSync(SHOTS, { recursive: true });
	await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
}

async function holder() {
	const made = await offer(city, person);
	const one = await open(`/wallet/?credential_offer_uri=${encodeURIComponent(
		new URL(made.uri).searchParams.get("credential_offer_uri"))}`);
	const { page } = one;
	await page.waitForSelector("[data-action=accept], button.primary", WAIT);
	await page.click("[data-action=accept], button.primary");
	await page.waitForSelector(".card-link", WAIT);
	return one;
}

/** The code's text, as drawn for a purpose. */
async function draw(page, purpose = "hotel") {
	await page.goto(`${city.url}/wallet/#/`);
	await page.click(".card-link");
	await page.click("[data-action=tally]");
	await page.check(`input[value=${purpose}]`);
	const told = await page.$$eval("[data-tally-contents] [data-claim]", (all) =>
		all.map((e) => e.dataset.claim));
	await accessible(page);
	await shot(page, `tally-choose-${purpose}`);
	await page.click("[data-action=tally-show]");
	const code = await page.waitForSelector("[data-tally]", WAIT);
	const text = await code.getAttribute("data-tally");
	await shot(page, `tally-code-${purpose}`);
	return { text, told };
}

/** What the desk says of a text that is pasted. */
async function judge(page, text) {
	if (await page.$("[data-action=next]")) await page.click("[data-action=next]");
	else if (!(await page.$("#tally-text"))) await page.click("[data-action=tally]");
	await page.waitForSelector("#tally-text", WAIT);
	await page.fill("#tally-text", text);
	await page.click("[data-action=tally-check]");
	const result = await page.waitForSelector("[data-verdict]", WAIT);
	return {
		verdict: await result.getAttribute("data-verdict"),
		reason: await result.getAttribute("data-reason"),
		text: await result.textContent(),
	};
}

/** A still picture of a code as a camera: one frame of YUV4MPEG2. */
function filmOf(text) {
	const [width, height] = [1280, 960];
	const code = qrcode(0, "L");
	code.addData(text, "Alphanumeric");
	code.make();
	const count = code.getModuleCount();
	const scale = Math.floor((height - 80) / count);
	const left = Math.floor((width - count * scale) / 2);
	const top = Math.floor((height - count * scale) / 2);
	const luma = Buffer.alloc(width * height, 235);
	for (let y = 0; y < count * scale; y++)
		for (let x = 0; x < count * scale; x++)
			if (code.isDark(Math.floor(y / scale), Math.floor(x / scale)))
				luma[(top + y) * width + left + x] = 16;
	return Buffer.concat([
		Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\nFRAME\n`),
		luma,
		Buffer.alloc((width * height) / 2, 128),
	]);
}

describe("a tally", { skip }, () => {
	it("is drawn and checked, at last without a network on both sides", async () => {
		const one = await holder();
		const desk = await open("/check/");
		const first = await draw(one.page);
		assert.deepEqual(first.told, [
			"family_name", "given_name", "assurance_level", "age_over_18", "portrait_hash",
		]);
		assert.ok(first.text.length <= 1950, `${first.text.length} characters`);
		const online = await judge(desk.page, first.text);
		assert.equal(online.verdict, "accepted", online.reason);
		await shot(desk.page, "tally-accepted");
		await accessible(desk.page);
		// The same again is a copy of it.
		assert.equal((await judge(desk.page, first.text)).verdict, "refused");

		await one.context.setOffline(true);
		await desk.context.setOffline(true);
		await one.page.reload();
		await desk.page.reload();
		const second = await draw(one.page, "cafe");
		assert.notEqual(second.text, first.text);
		const offline = await judge(desk.page, second.text);
		assert.equal(offline.verdict, "accepted", offline.reason);
		assert.ok(!offline.text.includes(person.name), "a café learns no name");
		// One character of it changed.
		const at = second.text.length >> 1;
		const altered = second.text.slice(0, at) +
			(second.text[at] === "A" ? "B" : "A") + second.text.slice(at + 1);
		const refused = await judge(desk.page, altered);
		assert.equal(refused.verdict, "refused");
		await shot(desk.page, "tally-refused");
		assert.deepEqual([...one.wrong, ...desk.wrong], []);
		await one.context.close();
		await desk.context.close();
	});

	it("is undetermined where its status was never seen", async () => {
		const one = await holder();
		const desk = await open("/check/");
		await desk.page.click("[data-action=tally]");
		await desk.page.waitForSelector("[data-lists]", WAIT);
		await desk.context.setOffline(true);
		const { text } = await draw(one.page, "age");
		const answer = await judge(desk.page, text);
		assert.deepEqual([answer.verdict, answer.reason], ["undetermined", "unreachable"]);
		await one.context.close();
		await desk.context.close();
	});

	it("is read by the desk's camera", async () => {
		const one = await holder();
		const { text } = await draw(one.page, "parcel");
		const film = join(tmpdir(), `yufu-tally-${process.pid}.y4m`);
		writeFileSync(film, filmOf(text));
		const seeing = await chromium.launch({
			executablePath: BROWSER,
			args: [
				...ARGS,
				"--use-fake-device-for-media-stream",
				"--use-fake-ui-for-media-stream",
				`--use-file-for-fake-video-capture=${film}`,
			],
		});
		try {
			const desk = await open("/check/", seeing, { permissions: ["camera"] });
			await desk.page.click("[data-action=tally]");
			await desk.page.click("[data-action=tally-camera]");
			const result = await desk.page.waitForSelector("[data-verdict]", WAIT);
			assert.equal(await result.getAttribute("data-verdict"), "accepted");
			assert.equal(await desk.page.getAttribute("[data-purpose]", "data-purpose"), "parcel");
			assert.deepEqual(desk.wrong, []);
		} finally {
			await seeing.close();
			rmSync(film, { force: true });
			await one.context.close();
		}
	});
});
