// Bundles every page of web/ into build/web/. `node web/build.mjs` from the
// root of the repository; `--debug` keeps names and adds source maps.
//
// A page is a folder with a main.tsx; it lands in build/web/<page>/ with an
// index.html made of lib/page.html. A page that needs more has a build.mjs of
// its own with any of:
//	export const base = "../proof/"      where its files are, seen from where
//	                                     it is served; "" when beside it
//	export const head = ["<link …>"]     instead of the usual icon
//	export const entries = ["sw.ts"]     further bundles (IIFE, no imports)
//	export const plugins = [...]         esbuild plugins for the page
//	export async function after(out, page)   files made at build time
// licenses.txt names the packages whose code the bundles contain.
// Everything in <page>/static/ is copied. Beside each text file lies its .gz.
import {
	cp, mkdir, readFile, readdir, rename, rm, stat, writeFile,
} from "node:fs/promises";
import { existsSync } from "node:fs";
import { dirname, extname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import esbuild from "esbuild";

process.chdir(join(dirname(fileURLToPath(import.meta.url)), ".."));
const web = dirname(fileURLToPath(import.meta.url));
const out = join(web, "..", "build", "web");
const fresh = `${out}.new`;
const debug = process.argv.includes("--debug");
const only = process.argv.slice(2).filter((a) => !a.startsWith("--"));
const TEXT = new Set([
	".html", ".js", ".css", ".svg", ".json", ".webmanifest", ".map", ".txt",
]);

const common = {
	bundle: true,
	target: ["es2022"],
	jsx: "automatic",
	jsxImportSource: "preact",
	minify: !debug,
	sourcemap: debug ? "linked" : false,
	legalComments: "none", /* licenses.txt has them all */
	metafile: true,
	charset: "utf8",
	loader: { ".svg": "file" },
	define: { "process.env.NODE_ENV": '"production"' },
	logLevel: "warning",
};

async function pages() {
	const names = await readdir(web);
	return names
		.filter((n) => existsSync(join(web, n, "main.tsx")))
		.filter((n) => only.length === 0 || only.includes(n));
}

const packages = new Set();

async function bundle(options) {
	const { metafile } = await esbuild.build({ ...common, ...options });
	for (const input of Object.keys(metafile.inputs)) {
		const found = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input);
		if (found)
			packages.add(found[0]);
	}
}

async function licenses() {
	const texts = [];
	for (const folder of [...packages].sort()) {
		const about = JSON.parse(
			await readFile(join(folder, "package.json"), "utf8"),
		);
		const file = (await readdir(folder)).find((n) =>
			/^licen[sc]e(\.\w+)?$/i.test(n),
		);
		const text = file
			? await readFile(join(folder, file), "utf8")
			: `${about.license} license, copyright ${about.author}`;
		texts.push(`${about.name} ${about.version}\n\n${text.trim()}\n`);
	}
	return texts.join(`\n${"-".repeat(72)}\n\n`);
}

const ICON = '<link rel="icon" href="../home/mark.svg" type="image/svg+xml" />';

async function html({ base = "", head = [ICON] }) {
	const page = await readFile(join(web, "lib", "page.html"), "utf8");
	return page
		.replaceAll("{base}", base)
		.replace("<!--head-->", head.join("\n\t\t"));
}

async function buildPage(page) {
	const from = join(web, page);
	const to = join(fresh, page);
	const hook = existsSync(join(from, "build.mjs"))
		? await import(pathToFileURL(join(from, "build.mjs")).href)
		: {};
	await mkdir(to, { recursive: true });
	await bundle({
		entryPoints: [join(from, "main.tsx")],
		outdir: to,
		plugins: hook.plugins ?? [],
		format: "esm",
	});
	for (const entry of hook.entries ?? [])
		await bundle({
			entryPoints: [join(from, entry)],
			outdir: to,
			format: "iife",
		});
	if (existsSync(join(from, "static")))
		await cp(join(from, "static"), to, { recursive: true });
	await writeFile(join(to, "index.html"), await html(hook));
	if (hook.after)
		await hook.after(to, page);
}

async function compress(folder) {
	for (const name of await readdir(folder)) {
		const path = join(folder, name);
		if ((await stat(path)).isDirectory()) {
			await compress(path);
			continue;
		}
		if (!TEXT.has(extname(name)))
			continue;
		const zipped = gzipSync(await readFile(path), { level: 9 });
		await writeFile(`${path}.gz`, zipped);
	}
}

// Built beside and then renamed: a server that is running, or a build that
// fails, never sees half a folder.
await rm(fresh, { recursive: true, force: true });
if (only.length > 0 && existsSync(out))
	await cp(out, fresh, { recursive: true });
await mkdir(fresh, { recursive: true });
for (const page of await pages())
	await buildPage(page);
// The start page lives at the root; its bundle stays in home/.
if (existsSync(join(fresh, "home", "index.html")))
	await rename(join(fresh, "home", "index.html"), join(fresh, "index.html"));
await writeFile(join(fresh, "licenses.txt"), await licenses());
await compress(fresh);
await rm(out, { recursive: true, force: true });
await rename(fresh, out);
