// Keeps the shell of a page (its own files, nothing personal) so that it opens
// without a network.  AREA, SHELL and VERSION are filled in by shell.mjs from
// the files themselves: a changed file is a new version, taken as a whole.

declare const AREA: string;
declare const SHELL: string[];
declare const VERSION: string;

interface Extendable extends Event {
	waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Extendable {
	request: Request;
	respondWith(answer: Promise<Response>): void;
}
interface Worker {
	addEventListener(
		type: "install" | "activate",
		listener: (event: Extendable) => void,
	): void;
	addEventListener(
		type: "fetch",
		listener: (event: Fetching) => void,
	): void;
	skipWaiting(): Promise<void>;
	clients: { claim(): Promise<void> };
	registration: { scope: string };
}

const worker = self as unknown as Worker;
const PREFIX = `yufu-${AREA}-`;
const NAME = PREFIX + VERSION;
const at = (path: string) => new URL(path, worker.registration.scope).href;

async function fill(): Promise<void> {
	const cache = await caches.open(NAME);
	await cache.addAll(
		SHELL.map((path) => new Request(at(path), { cache: "reload" })),
	);
	await worker.skipWaiting();
}

async function clean(): Promise<void> {
	for (const name of await caches.keys())
		if (name.startsWith(PREFIX) && name !== NAME)
			await caches.delete(name);
	await worker.clients.claim();
}

/** The shell's file for `request`, or undefined: not ours to answer. */
function shellOf(request: Request): string | undefined {
	if (request.method !== "GET") return undefined;
	const url = new URL(request.url);
	url.search = "";
	url.hash = "";
	if (request.mode === "navigate") {
		const start = at("./");
		return url.href === start || url.href === at("index.html")
			? start
			: undefined;
	}
	return SHELL.some((path) => at(path) === url.href) ? url.href : undefined;
}

worker.addEventListener("install", (event) => event.waitUntil(fill()));
worker.addEventListener("activate", (event) => event.waitUntil(clean()));
worker.addEventListener("fetch", (event) => {
	const file = shellOf(event.request);
	if (file === undefined) return;
	event.respondWith(
		caches
			.open(NAME)
			.then((cache) => cache.match(file))
			.then((found) => found ?? fetch(event.request)),
	);
});
