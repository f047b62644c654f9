// The wallet's pages in a browser, against a demo city of their own: getting
// a card, answering, saying no, breaking off in the middle, without a network.
import { after, before, describe, it } from "node:test";
import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import qrcode from "qrcode-generator";
import { City } from "../api/lib/city.mjs";
import { Camera } from "../api/lib/camera.mjs";
import { Wallet, enrol, offer } from "../api/lib/wallet.mjs";

const BROWSER = process.env.CHROMIUM ?? "/usr/bin/chromium";
const YUFU = process.env.YUFU ?? "build/yufu";
const missing = [BROWSER, YUFU].filter((path) => !existsSync(path));
const skip = missing.length > 0 ? `SKIPPED browser: no ${missing}` : false;
if (skip) console.error(skip);

const ARGS = [
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
];
const AXE = readFileSync(
	new URL("../../node_modules/axe-core/axe.min.js", import.meta.url),
	"utf8",
);
const PHONE = { width: 390, height: 844 };
const WAIT = { timeout: 15000 };

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

/** A phone of its own, and everything on it that should not happen. */
async function phone(options = {}, from = browser) {
	const context = await from.newContext({
		viewport: PHONE,
		locale: "en",
		...options,
	});
	const page = await context.newPage();
	const wrong = [];
	page.on("pageerror", (error) => wrong.push(error.message));
	page.on("console", (message) => {
		const text = message.text();
		if (message.type() === "error" && !/Failed to load/.test(text))
			wrong.push(text);
	});
	page.on("request", (request) => {
		const url = request.url();
		if (!url.startsWith(city.url) && !/^(data|blob):/.test(url))
			wrong.push(`outside request: ${url}`);
	});
	return { context, page, wrong, wallet: `${city.url}/wallet/` };
}

/** axe finds nothing. */
async function accessible(page) {
	await page.waitForTimeout(300);
	await page.evaluate(AXE);
	const found = await page.evaluate(async () => {
		const { violations } = await axe.run();
		return violations.map((v) => `${v.id}: ${v.nodes[0].html}`);
	});
	assert.deepEqual(found, []);
}

async function receive({ page, wallet }) {
	const made = await offer(city, person, { txCode: true });
	await page.goto(`${wallet}#${made.uri}`);
	await page.waitForSelector("#tx", WAIT);
	await page.fill("#tx", made.tx_code);
	await page.click("button[type=submit]");
	await page.waitForSelector(".card-link", WAIT);
}

async function ask(policy = "hotel") {
	const { api_key } = city.party(policy);
	const headers = {
		Authorization: `Bearer ${api_key}`,
		"Content-Type": "application/json",
	};
	const made = await fetch(`${city.url}/check/requests`, {
		method: "POST",
		headers,
		body: JSON.stringify({ policy }),
	});
	assert.equal(made.status, 201);
	const request = await made.json();
	request.state = async () =>
		(
			await fetch(`${city.url}/check/requests/${request.id}`, { headers })
		).json();
	return request;
}

const rows = (page, name) =>
	page.evaluate(
		(table) =>
			new Promise((done, fail) => {
				const open = indexedDB.open("yufu-wallet");
				open.onerror = () => fail(open.error);
				open.onsuccess = () => {
					const all = open.result
						.transaction(table)
						.objectStore(table)
						.getAll();
					all.onsuccess = () => {
						open.result.close();
						done(
							all.result.map((row) => ({
								...row,
								extractable: row.privateKey?.extractable,
								privateKey: undefined,
							})),
						);
					};
				};
			}),
		name,
	);

describe("the wallet", { skip }, () => {
	it("gets a card through the issuer's pages, by a real face", async () => {
		const { context, page, wrong, wallet } = await phone();
		await page.goto(wallet);
		await accessible(page);
		await page.click("text=Get my ID card");
		await page.waitForURL(/\/oauth\/authorize/, WAIT);
		const before = await rowsOnWallet(context, "attempts");
		assert.equal(before.length, 1);

		const prover = new Wallet(city);
		const cookies = await context.cookies(`${city.url}/oauth/proof/state`);
		prover.cookie = cookies.map((c) => `${c.name}=${c.value}`).join("; ");
		await prover.identify(person);
		const end = await prover.attempt(new Camera(person.picture));
		assert.equal(end.state, "passed", JSON.stringify(end));
		await page.goto(end.redirect);
		await page.waitForSelector(".idcard.basic", WAIT);
		assert.equal(new URL(page.url()).search, "", "the code is gone");
		await accessible(page);
		const [card] = await rows(page, "cards");
		assert.equal(card.claims.assurance_level, "basic");
		const keys = await rows(page, "keys");
		assert.ok(card.tallies.length > 0);
		// A key for each copy, and the one that renews the card.
		const bound = card.copies.length + card.tallies.length;
		assert.equal(keys.length, bound + 1);
		assert.ok(keys.some((key) => key.id === card.renewal.dpopKeyId));
		for (const key of keys) assert.equal(key.extractable, false);
		assert.deepEqual(await rows(page, "attempts"), []);

		// The same address once more: nothing is done twice.
		await page.goto(end.redirect);
		await page.waitForSelector(".note.bad", WAIT);
		assert.equal((await rows(page, "cards")).length, 1);
		assert.deepEqual(wrong, []);
		await context.close();
	});

	/** The tables, read from another tab of the same wallet. */
	async function rowsOnWallet(context, name) {
		const tab = await context.newPage();
		await tab.goto(`${city.url}/wallet/#/settings`);
		const found = await rows(tab, name);
		await tab.close();
		return found;
	}

	it("says so when proving was stopped", async () => {
		const { context, page, wallet } = await phone();
		await page.goto(wallet);
		await page.click("text=Get my ID card");
		await page.waitForURL(/\/oauth\/authorize/, WAIT);
		const prover = new Wallet(city);
		const cookies = await context.cookies(`${city.url}/oauth/proof/state`);
		prover.cookie = cookies.map((c) => `${c.name}=${c.value}`).join("; ");
		const { redirect } = (await prover.proofing("cancel")).json;
		await page.goto(redirect);
		await page.waitForSelector("text=was stopped", WAIT);
		assert.deepEqual(await rows(page, "attempts"), []);
		await context.close();
	});

	it("refuses an answer of another server, and of nobody", async () => {
		const { context, page, wallet } = await phone();
		await page.goto(wallet);
		await page.click("text=Get my ID card");
		await page.waitForURL(/\/oauth\/authorize/, WAIT);
		const [attempt] = await rowsOnWallet(context, "attempts");
		const back = new URLSearchParams({
			code: "x",
			state: attempt.id,
			iss: "https://elsewhere.example",
		});
		await page.goto(`${wallet}?${back}`);
		await page.waitForSelector("text=Another server answered", WAIT);
		await page.goto(`${wallet}?code=x&state=y&iss=z`);
		await page.waitForSelector("text=We did not ask", WAIT);
		await accessible(page);
		await context.close();
	});

	it("takes an offer with its transaction code, after a wrong one", async () => {
		const { context, page, wrong, wallet } = await phone();
		const made = await offer(city, person, { txCode: true });
		await page.goto(`${wallet}#${made.uri}`);
		await page.waitForSelector("#tx", WAIT);
		await accessible(page);
		await page.click("button[type=submit]");
		await page.waitForSelector(".wrong");
		const other = made.tx_code.replace(/\d/g, (d) => (Number(d) + 1) % 10);
		await page.fill("#tx", other);
		await page.click("button[type=submit]");
		await page.waitForSelector("text=code is wrong", WAIT);
		await page.fill("#tx", made.tx_code);
		await page.locator("button[type=submit]").dblclick();
		await page.waitForSelector(".idcard.upgraded", WAIT);
		await accessible(page);
		assert.equal((await rows(page, "cards")).length, 1);
		assert.deepEqual(wrong, []);
		await context.close();
	});

	it("goes on where it was broken off", async () => {
		const { context, page, wallet } = await phone();
		const made = await offer(city, person, { txCode: true });
		await page.route("**/vci/credential", (route) => route.abort());
		await page.goto(`${wallet}#${made.uri}`);
		await page.waitForSelector("#tx", WAIT);
		await page.fill("#tx", made.tx_code);
		await page.click("button[type=submit]");
		await page.waitForSelector("text=not reached", WAIT);
		await page.unroute("**/vci/credential");
		await page.goto("about:blank");
		await page.goto(wallet);
		await page.waitForSelector("text=A card is on its way", WAIT);
		await accessible(page);
		await page.click("main .note a.button");
		await page.waitForSelector("text=Your card is here", WAIT);
		await context.close();
	});

	it("shows who asks what, why and until when, and shares once", async () => {
		const one = await phone();
		const { context, page, wrong, wallet } = one;
		await receive(one);
		const [before] = await rows(page, "cards");
		const request = await ask();
		await page.goto(request.wallet_uri);
		await page.waitForSelector(".consent", WAIT);
		await accessible(page);
		assert.equal((await request.state()).state, "fetched");
		const text = await page.textContent(".consent");
		for (const part of [
			"Harbour Hotel",
			before.claims.document_number,
			before.claims.family_name,
			"Check-in",
			"1 day",
		])
			assert.ok(text.includes(part), `${part} in ${text}`);
		assert.equal(await page.locator(".claim-picture").count(), 1);
		assert.ok(!text.includes(before.claims.personal_administrative_number));
		const [no, yes] = await page
			.locator(".consent-choices button")
			.evaluateAll((all) =>
				all.map((b) => {
					const { width, height } = b.getBoundingClientRect();
					const { backgroundColor, color } = getComputedStyle(b);
					return { width, height, backgroundColor, color };
				}),
			);
		assert.deepEqual(no, yes, "both weigh the same");

		const sent = [];
		page.on("request", (r) => /response$/.test(r.url()) && sent.push(r));
		await page.getByRole("button", { name: "Share", exact: true }).dblclick();
		await page.waitForSelector("text=has received", WAIT);
		await accessible(page);
		assert.equal(sent.length, 1);
		const { state, result } = await request.state();
		assert.equal(state, "answered");
		assert.equal(result.verdict, "accepted");
		assert.equal(
			result.claims.document_number,
			before.claims.document_number,
		);
		assert.equal(result.claims.birthdate, undefined);
		const [after] = await rows(page, "cards");
		const used = after.copies.filter((copy) => copy.usedAt);
		assert.equal(used.length, 1);
		const keys = await rows(page, "keys");
		assert.ok(!keys.some((key) => key.id === used[0].id));
		const [entry] = await rows(page, "history");
		assert.equal(entry.outcome, "shared");
		assert.ok(!JSON.stringify(entry).includes(before.claims.document_number));

		await page.goto(`${wallet}#/history`);
		await page.click(".entry summary");
		await accessible(page);
		await page.click("text=Delete this entry");
		await page.waitForSelector("text=Nothing has been shown yet", WAIT);
		assert.deepEqual(wrong, []);
		await context.close();
	});

	it("says no, and the desk hears it", async () => {
		const one = await phone();
		await receive(one);
		const request = await ask("cafe");
		await one.page.goto(`${one.wallet}#${request.uri}`);
		await one.page.waitForSelector(".consent", WAIT);
		const text = await one.page.textContent(".consent");
		assert.match(text, /18 or older/);
		assert.doesNotMatch(text, /Document number|Family name/);
		await one.page.getByRole("button", { name: "Don't share" }).click();
		await one.page.waitForSelector("text=you share nothing", WAIT);
		const { result } = await request.state();
		assert.equal(result.reason, "declined");
		const [card] = await rows(one.page, "cards");
		assert.ok(card.copies.every((copy) => !copy.usedAt));
		const [entry] = await rows(one.page, "history");
		assert.equal(entry.outcome, "declined");
		await one.context.close();
	});

	it("keeps a request until the card is there", async () => {
		const one = await phone();
		const { page, wallet, context } = one;
		const request = await ask();
		await page.goto(request.wallet_uri);
		await page.waitForSelector("text=None of your cards", WAIT);
		await accessible(page);
		await page.click("text=Back to the wallet");
		await page.waitForSelector("text=A request is waiting", WAIT);
		const made = await offer(city, person, { txCode: true });
		const kept = page.url();
		await page.goto("about:blank");
		await page.goto(kept);
		await page.waitForSelector("text=A request is waiting", WAIT);
		await page.goto(`${wallet}#${made.uri}`);
		await page.waitForSelector("#tx", WAIT);
		await page.fill("#tx", made.tx_code);
		await page.click("button[type=submit]");
		await page.waitForSelector(".card-link", WAIT);
		await page.goto(request.wallet_uri);
		await page.waitForSelector(".consent", WAIT);
		await context.close();
	});

	it("sends the same answer again when the connection broke", async () => {
		const one = await phone();
		const { page, context } = one;
		await receive(one);
		const request = await ask();
		await page.goto(request.wallet_uri);
		await page.waitForSelector(".consent", WAIT);
		const bodies = [];
		await page.route("**/response", (route) => {
			bodies.push(route.request().postData());
			return bodies.length === 1 ? route.abort() : route.continue();
		});
		await page.getByRole("button", { name: "Share", exact: true }).click();
		await page.waitForSelector("text=The connection broke", WAIT);
		const [unsure] = await rows(page, "history");
		assert.equal(unsure.outcome, "unsure");
		await page.getByRole("button", { name: "Send again" }).click();
		await page.waitForSelector("text=has received", WAIT);
		assert.equal(bodies[0], bodies[1]);
		assert.equal((await request.state()).result.verdict, "accepted");
		const entries = await rows(page, "history");
		assert.deepEqual(
			entries.map((entry) => entry.outcome),
			["shared"],
		);
		await context.close();
	});

	it("refuses a request that was tampered with", async () => {
		const one = await phone();
		const { page, context } = one;
		await receive(one);
		const request = await ask();
		await page.route(`**/vp/${request.id}`, async (route) => {
			const answer = await route.fetch();
			const [head, body, signature] = (await answer.text()).split(".");
			const payload = JSON.parse(Buffer.from(body, "base64url"));
			payload.dcql_query.credentials[0].claims.push({
				path: ["birthdate"],
			});
			const changed = Buffer.from(JSON.stringify(payload));
			await route.fulfill({
				response: answer,
				body: `${head}.${changed.toString("base64url")}.${signature}`,
			});
		});
		await page.goto(request.wallet_uri);
		await page.waitForSelector("text=not made as it must be", WAIT);
		assert.equal(await page.locator(".consent").count(), 0);
		await context.close();
	});

	it("shows the card without a network", async () => {
		const one = await phone();
		const { page, context, wallet } = one;
		await receive(one);
		await page.waitForFunction(
			async () =>
				(await navigator.serviceWorker.getRegistration())?.active
					?.state === "activated",
			undefined,
			WAIT,
		);
		await page.goto(wallet);
		await page.waitForSelector(".card-link", WAIT);
		await context.setOffline(true);
		await page.reload();
		await page.waitForSelector(".idcard", WAIT);
		await page.waitForSelector("text=You are offline", WAIT);
		await page.click(".card-link");
		await page.waitForSelector(".claims", WAIT);
		await accessible(page);
		await context.close();
	});

	it("is an app that can be installed", async () => {
		const { page, context, wallet } = await phone();
		await page.goto(wallet);
		const manifest = await page.evaluate(async () => {
			const link = document.querySelector("link[rel=manifest]");
			return (await fetch(link.href)).json();
		});
		assert.equal(manifest.display, "standalone");
		for (const { src, sizes, type } of manifest.icons) {
			const drawn = await page.evaluate(async (address) => {
				const image = new Image();
				image.src = address;
				await image.decode();
				return `${image.naturalWidth}x${image.naturalHeight}`;
			}, src);
			if (type === "image/png") assert.equal(drawn, sizes);
		}
		await context.close();
	});

	it("removes the card, its keys and everything else", async () => {
		const one = await phone();
		const { page, context, wallet } = one;
		await receive(one);
		await page.click(".card-link");
		await page.click("text=Remove this card");
		await accessible(page);
		await page.getByRole("button", { name: "Remove", exact: true }).click();
		await page.waitForSelector("text=Get my ID card", WAIT);
		for (const table of ["cards", "keys"])
			assert.deepEqual(await rows(page, table), []);
		await page.goto(`${wallet}#/settings`);
		await page.waitForSelector("text=Issuers of cards", WAIT);
		await accessible(page);
		await page.click("text=Erase this wallet");
		await page.getByRole("button", { name: "Erase everything" }).click();
		await page.waitForSelector("text=Get my ID card", WAIT);
		assert.deepEqual(await rows(page, "settings"), []);
		await context.close();
	});

	for (const locale of ["zh-CN", "th", "vi", "ru"])
		it(`speaks ${locale}`, async () => {
			const { page, context, wallet } = await phone({ locale });
			await page.goto(wallet);
			await page.waitForSelector("h1", WAIT);
			const lang = await page.evaluate(
				() => document.documentElement.lang,
			);
			assert.equal(lang.slice(0, 2), locale.slice(0, 2));
			assert.doesNotMatch(await page.textContent("main"), /ID card/);
			await accessible(page);
			const wide = await page.evaluate(
				() => document.documentElement.scrollWidth,
			);
			assert.ok(wide <= PHONE.width, "nothing sticks out");
			await context.close();
		});
});

const WIDTH = 640;
const HEIGHT = 480;

/** A still picture of a code as a camera: one frame of YUV4MPEG2. */
function filmOf(text) {
	const code = qrcode(0, "M");
	code.addData(text);
	code.make();
	const count = code.getModuleCount();
	const scale = Math.floor((HEIGHT - 40) / count);
	const left = Math.floor((WIDTH - count * scale) / 2);
	const top = Math.floor((HEIGHT - count * scale) / 2);
	const luma = Buffer.alloc(WIDTH * HEIGHT, 235);
	for (let y = 0; y < count * scale; y++)
		for (let x = 0; x < count * scale; x++)
			if (code.isDark(Math.floor(y / scale), Math.floor(x / scale)))
				luma[(top + y) * WIDTH + left + x] = 16;
	const chroma = Buffer.alloc((WIDTH * HEIGHT) / 2, 128);
	return Buffer.concat([
		Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`),
		Buffer.from("FRAME\n"),
		luma,
		chroma,
	]);
}

describe("scanning", { skip }, () => {
	it("reads the desk's code from the camera", async () => {
		const request = await ask();
		const film = join(tmpdir(), `yufu-film-${process.pid}.y4m`);
		writeFileSync(film, filmOf(request.uri));
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
			const one = await phone({ permissions: ["camera"] }, seeing);
			await receive(one);
			await one.page.click("text=Answer a request");
			await accessible(one.page);
			await one.page.click("text=Turn the camera on");
			await one.page.waitForSelector(".consent", WAIT);
			await one.page.getByRole("button", { name: "Share", exact: true }).click();
			await one.page.waitForSelector("text=has received", WAIT);
			assert.equal((await request.state()).result.verdict, "accepted");
			assert.deepEqual(one.wrong, []);
		} finally {
			await seeing.close();
			rmSync(film, { force: true });
		}
	});

	it("without a camera there is the link", async () => {
		const { page, context, wallet } = await phone();
		await page.goto(`${wallet}#/scan`);
		await page.click("text=Turn the camera on");
		await page.waitForSelector("text=You can paste the link instead", WAIT);
		await page.fill("#link", "this is no link");
		await page.click("form button");
		await page.waitForSelector("text=not a link for this wallet", WAIT);
		await accessible(page);
		await context.close();
	});
});
