// The list of a page's files for its service worker, at build time.
import { createHash } from "node:crypto";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Fills AREA, SHELL and VERSION into the worker, from the finished files. */
export async function shell(out, area) {
	const names = (await readdir(out))
		.filter((n) => n !== "sw.js" && !/\.(map|gz|txt)$/.test(n))
		.sort();
	const hash = createHash("sha256");
	for (const name of names)
		hash.update(name).update(await readFile(join(out, name)));
	const version = hash.digest("hex").slice(0, 16);
	const files = names.map((n) => (n === "index.html" ? "./" : n));
	const path = join(out, "sw.js");
	const worker = await readFile(path, "utf8");
	await writeFile(
		path,
		`const AREA="${area}",SHELL=${JSON.stringify(files)},VERSION="${version}";\n${worker}`,
	);
}
