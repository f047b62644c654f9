// The wallet's protocol code as a module that Node can load.
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const folder = `${root}web/wallet/protocol`;
const outfile = `${root}build/test-web/protocol.mjs`;
const MODULES = [
	"answer",
	"certificate",
	"credential",
	"issuing",
	"jws",
	"link",
	"match",
	"platform",
	"problem",
	"registration",
	"request",
	"sdjwt",
	"status",
	"trust",
];

await mkdir(`${root}build/test-web`, { recursive: true });
await esbuild.build({
	stdin: {
		contents: MODULES.map((m) => `export * from "./${m}.ts";`).join("\n"),
		resolveDir: folder,
		loader: "ts",
	},
	bundle: true,
	format: "esm",
	platform: "neutral",
	mainFields: ["module", "main"],
	conditions: ["browser", "import"],
	outfile,
	logLevel: "warning",
});

export default await import(outfile);
