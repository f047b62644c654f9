// What the wallet needs beyond its bundle: the worker with the list of the
// shell's files, the manifest, and icons drawn from the mark.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { shell } from "../lib/shell.mjs";

export const entries = ["../lib/sw.ts"];

export const head = [
	'<meta name="theme-color" content="#0d6b5e" />',
	'<link rel="manifest" href="manifest.webmanifest" />',
	'<link rel="icon" href="icon.svg" type="image/svg+xml" />',
	'<link rel="apple-touch-icon" href="icon-180.png" />',
];

/* zod brings its messages in some forty languages; nobody reads them here. */
export const plugins = [
	{
		name: "zod-english",
		setup(build) {
			build.onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({
				contents: 'export { default as en } from "./en.js";',
				loader: "js",
			}));
		},
	},
];

const PAPER = [246, 245, 241];
const ACCENT = [13, 107, 94];
const STEPS = 16; /* straight pieces per curve */
const SAMPLES = 4; /* rows per row of pixels */

/** Points of one path of the mark: M C c L H c a Z, as the mark uses them. */
function flatten(d) {
	const tokens = d.match(/[A-Za-z]|-?\d*\.?\d+/g);
	const points = [];
	let [x, y] = [0, 0];
	let i = 0;
	let command = "";
	const next = () => Number(tokens[i++]);
	const to = (nx, ny) => {
		[x, y] = [nx, ny];
		points.push([x, y]);
	};
	const curve = (x1, y1, x2, y2, x3, y3) => {
		const [x0, y0] = [x, y];
		for (let s = 1; s <= STEPS; s++) {
			const t = s / STEPS;
			const u = 1 - t;
			const mix = (a, b, c, e) =>
				u * u * u * a + 3 * u * u * t * b + 3 * u * t * t * c + t * t * t * e;
			to(mix(x0, x1, x2, x3), mix(y0, y1, y2, y3));
		}
	};
	/* only half circles: the chord is the diameter */
	const half = (sweep, dx, dy) => {
		const [cx, cy] = [x + dx / 2, y + dy / 2];
		const r = Math.hypot(dx, dy) / 2;
		const from = Math.atan2(y - cy, x - cx);
		const turn = sweep ? Math.PI : -Math.PI;
		for (let s = 1; s <= STEPS; s++) {
			const angle = from + (turn * s) / STEPS;
			to(cx + r * Math.cos(angle), cy + r * Math.sin(angle));
		}
	};
	while (i < tokens.length) {
		if (/[A-Za-z]/.test(tokens[i]))
			command = tokens[i++];
		if (command === "Z")
			break;
		const [ox, oy] = /[a-z]/.test(command) ? [x, y] : [0, 0];
		switch (command.toUpperCase()) {
		case "M":
		case "L":
			to(next() + ox, next() + oy);
			break;
		case "H":
			to(next() + ox, y);
			break;
		case "C":
			curve(next() + ox, next() + oy, next() + ox, next() + oy,
				next() + ox, next() + oy);
			break;
		case "A": {
			const [, , , , sweep, dx, dy] = Array.from({ length: 7 }, next);
			half(sweep, dx, dy);
			break;
		}
		default:
			throw new Error(`the mark uses ${command}`);
		}
	}
	return points;
}

/** The x at which the outline of `points` crosses height `y`, in order. */
function crossings(points, y) {
	const found = [];
	for (let i = 0, j = points.length - 1; i < points.length; j = i++) {
		const [xi, yi] = points[i];
		const [xj, yj] = points[j];
		if (yi > y !== yj > y)
			found.push(((xj - xi) * (y - yi)) / (yj - yi) + xi);
	}
	return found.sort((p, q) => p - q);
}

/** Adds to `row` how much of each pixel lies between `from` and `to`. */
function addSpan(row, from, to, weight) {
	const last = Math.min(row.length - 1, Math.floor(to));
	for (let x = Math.max(0, Math.floor(from)); x <= last; x++)
		row[x] += weight * Math.max(0, Math.min(to, x + 1) - Math.max(from, x));
}

function crc32(bytes) {
	let crc = 0xffffffff;
	for (const byte of bytes) {
		crc ^= byte;
		for (let k = 0; k < 8; k++)
			crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
	}
	return (crc ^ 0xffffffff) >>> 0;
}

function chunk(type, data) {
	const body = Buffer.concat([Buffer.from(type), data]);
	const out = Buffer.alloc(body.length + 8);
	out.writeUInt32BE(data.length, 0);
	body.copy(out, 4);
	out.writeUInt32BE(crc32(body), body.length + 4);
	return out;
}

/** A PNG of 8-bit RGB; `line(y)` gives a row's colours. */
function png(size, line) {
	const rows = Buffer.alloc(size * (1 + size * 3));
	for (let y = 0; y < size; y++)
		rows.set(line(y), y * (1 + size * 3) + 1);
	const head = Buffer.alloc(13);
	head.writeUInt32BE(size, 0);
	head.writeUInt32BE(size, 4);
	head.set([8, 2, 0, 0, 0], 8);
	return Buffer.concat([
		Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
		chunk("IHDR", head),
		chunk("IDAT", deflateSync(rows, { level: 9 })),
		chunk("IEND", Buffer.alloc(0)),
	]);
}

/** The mark on the accent, over `share` of the width. */
function icon(size, shapes, share) {
	const scale = (size * share) / 132;
	const middle = size / 2;
	const placed = shapes.map(({ points, weight }) => ({
		points: points.map(([x, y]) => [
			(x - 66) * scale + middle,
			(y - 40) * scale + middle,
		]),
		weight: weight / SAMPLES,
	}));
	return png(size, (y) => {
		const row = new Float64Array(size);
		for (let s = 0; s < SAMPLES; s++)
			for (const { points, weight } of placed) {
				const xs = crossings(points, y + (s + 0.5) / SAMPLES);
				for (let k = 0; k + 1 < xs.length; k += 2)
					addSpan(row, xs[k], xs[k + 1], weight);
			}
		return Array.from(row).flatMap((part) =>
			ACCENT.map((c, k) => Math.round(c + (PAPER[k] - c) * part)),
		);
	});
}

function circle(cx, cy, r) {
	const turn = (2 * Math.PI) / 64;
	return Array.from({ length: 64 }, (_, k) => [
		cx + r * Math.cos(k * turn),
		cy + r * Math.sin(k * turn),
	]);
}

async function icons(out) {
	const mark = await readFile(
		new URL("../home/static/mark.svg", import.meta.url),
		"utf8",
	);
	const paths = [...mark.matchAll(/ d="([^"]+)"/g)].map((m) => m[1]);
	const [, x, y, r] =
		/<circle cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"/.exec(mark);
	const shapes = [
		...paths.map((d) => ({ points: flatten(d), weight: 1 })),
		{ points: circle(Number(x), Number(y), Number(r)), weight: -1 },
	];
	const drawn = paths.map((d) => `<path d="${d}"/>`).join("");
	await writeFile(
		join(out, "icon.svg"),
		'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-24 -50 180 180">' +
			'<rect x="-24" y="-50" width="180" height="180" rx="36" ' +
			`fill="#0d6b5e"/><g fill="#f6f5f1">${drawn}</g>` +
			`<circle cx="${x}" cy="${y}" r="${r}" fill="#0d6b5e"/></svg>\n`,
	);
	await writeFile(join(out, "icon-180.png"), icon(180, shapes, 0.74));
	await writeFile(join(out, "icon-192.png"), icon(192, shapes, 0.74));
	await writeFile(join(out, "icon-512.png"), icon(512, shapes, 0.74));
	/* the safe zone of a maskable icon is a circle of 80 % */
	await writeFile(join(out, "icon-mask-512.png"), icon(512, shapes, 0.6));
}

const MANIFEST = {
	name: "鱼符 yufu",
	short_name: "yufu",
	id: "./",
	start_url: "./",
	scope: "./",
	display: "standalone",
	background_color: "#f6f5f1",
	theme_color: "#0d6b5e",
	icons: [
		{ src: "icon.svg", sizes: "any", type: "image/svg+xml" },
		{ src: "icon-192.png", sizes: "192x192", type: "image/png" },
		{ src: "icon-512.png", sizes: "512x512", type: "image/png" },
		{
			src: "icon-mask-512.png",
			sizes: "512x512",
			type: "image/png",
			purpose: "maskable",
		},
	],
};

export async function after(out) {
	await icons(out);
	await writeFile(
		join(out, "manifest.webmanifest"),
		`${JSON.stringify(MANIFEST, null, "\t")}\n`,
	);
	await shell(out, "wallet");
}
