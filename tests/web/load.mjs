// Loads a TypeScript module of web/ under Node, bundled by esbuild.
import esbuild from "esbuild";

export async function load(path) {
	const { outputFiles } = await esbuild.build({
		entryPoints: [path],
		bundle: true,
		write: false,
		format: "esm",
		platform: "neutral",
		mainFields: ["module", "main"],
		jsx: "automatic",
		jsxImportSource: "preact",
	});
	const text = Buffer.from(outputFiles[0].contents).toString("base64");
	return import(`data:text/javascript;base64,${text}`);
}
