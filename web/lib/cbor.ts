// CBOR (RFC 8949) as mdoc needs it: what was signed or hashed is never
// encoded again, so every item read knows its own bytes.  Lengths are
// definite; floats, and tags other than on what we look into, are kept as
// they are and not understood.

export interface Item {
	/** Major type: 0 uint, 1 nint, 2 bytes, 3 text, 4 array, 5 map, 6 tag, 7 simple. */
	major: number;
	/** Of 0 and 1 the value; of 6 the tag; of 7 the simple value. */
	value: number;
	bytes: Uint8Array<ArrayBuffer>;
	text: string;
	/** Of an array; of a tag, the one that it is on. */
	items: Item[];
	entries: [Item, Item][];
	/** As it was received. */
	raw: Uint8Array<ArrayBuffer>;
}

const DEPTH_MAX = 32;
const UTF8 = new TextDecoder("utf-8", { fatal: true });
const NONE = new Uint8Array(0);

class Reader {
	at = 0;
	constructor(readonly bytes: Uint8Array<ArrayBuffer>) {}

	take(length: number): Uint8Array<ArrayBuffer> {
		if (length > this.bytes.length - this.at) throw new Error("cut off");
		this.at += length;
		return this.bytes.subarray(this.at - length, this.at);
	}

	number(info: number): number {
		if (info < 24) return info;
		if (info > 27) throw new Error("no definite length");
		let value = 0;
		for (const byte of this.take(1 << (info - 24)))
			value = value * 256 + byte;
		return value;
	}

	item(depth: number): Item {
		if (depth > DEPTH_MAX) throw new Error("too deep");
		const start = this.at;
		const [head = 0] = this.take(1);
		const major = head >> 5;
		const value = this.number(head & 31);
		const item: Item = {
			major, value, bytes: NONE, text: "", items: [], entries: [], raw: NONE,
		};
		if (major === 2) item.bytes = this.take(value);
		if (major === 3) item.text = UTF8.decode(this.take(value));
		if (major === 4 || major === 6) {
			const count = major === 6 ? 1 : value;
			if (count > this.bytes.length) throw new Error("cut off");
			for (let i = 0; i < count; i++) item.items.push(this.item(depth + 1));
		}
		if (major === 5) this.map(item, value, depth + 1);
		item.raw = this.bytes.subarray(start, this.at);
		return item;
	}

	map(out: Item, count: number, depth: number): void {
		const seen = new Set<string>();
		if (count > this.bytes.length) throw new Error("cut off");
		for (let i = 0; i < count; i++) {
			const key = this.item(depth);
			const name = key.raw.join();
			if (seen.has(name)) throw new Error("a key twice");
			seen.add(name);
			out.entries.push([key, this.item(depth)]);
		}
	}
}

/** Exactly one item; throws for anything else. */
export function read(bytes: Uint8Array<ArrayBuffer>): Item {
	const reader = new Reader(bytes);
	const item = reader.item(0);
	if (reader.at !== bytes.length) throw new Error("something behind it");
	return item;
}

/** The value of a key of a map; undefined when there is none. */
export function get(map: Item | undefined, key: string | number): Item | undefined {
	return map?.entries.find(([name]) =>
		typeof key === "string"
			? name.major === 3 && name.text === key
			: intOf(name) === key,
	)?.[1];
}

/** NaN for what is no integer. */
export function intOf(item: Item | undefined): number {
	if (item?.major === 0) return item.value;
	return item?.major === 1 ? -1 - item.value : Number.NaN;
}

/** The text; throws for anything else. */
export function textOf(item: Item | undefined): string {
	if (item?.major !== 3) throw new Error("no text");
	return item.text;
}

export function bytesOf(item: Item | undefined): Uint8Array<ArrayBuffer> {
	if (item?.major !== 2) throw new Error("no bytes");
	return item.bytes;
}

/** The bytes in #6.24(bstr). */
export function embedded(item: Item | undefined): Uint8Array<ArrayBuffer> {
	if (item?.major !== 6 || item.value !== 24) throw new Error("no tag 24");
	return bytesOf(item.items[0]);
}

// --- writing: shortest heads, definite lengths ---

type Bytes = Uint8Array<ArrayBuffer>;

export function concat(...parts: Bytes[]): Bytes {
	const out = new Uint8Array(parts.reduce((sum, p) => sum + p.length, 0));
	let at = 0;
	for (const part of parts) {
		out.set(part, at);
		at += part.length;
	}
	return out;
}

export function head(major: number, value: number): Bytes {
	const size = value < 24 ? 0 : value < 256 ? 1 : value < 65536 ? 2 : value < 4294967296 ? 4 : 8;
	const out = new Uint8Array(1 + size);
	out[0] = (major << 5) | (size ? 24 + Math.log2(size) : value);
	for (let i = size, rest = value; i > 0; i--, rest = Math.floor(rest / 256))
		out[i] = rest % 256;
	return out;
}

export const NULL: Bytes = new Uint8Array([0xf6]);
export const int = (value: number): Bytes =>
	value < 0 ? head(1, -1 - value) : head(0, value);
export const bstr = (value: Bytes): Bytes => concat(head(2, value.length), value);
export function tstr(value: string): Bytes {
	const bytes = new TextEncoder().encode(value);
	return concat(head(3, bytes.length), bytes);
}
export const array = (...items: Bytes[]): Bytes =>
	concat(head(4, items.length), ...items);
/** Keys in the order that they are given. */
export const map = (...entries: [Bytes, Bytes][]): Bytes =>
	concat(head(5, entries.length), ...entries.flat());
export const embed = (item: Bytes): Bytes => concat(head(6, 24), bstr(item));
