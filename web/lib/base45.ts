// RFC 9285: bytes in the characters that a QR code packs densely.

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

export function encodeBase45(bytes: Uint8Array): string {
	let out = "";
	for (let i = 0; i < bytes.length; i += 2) {
		const pair = i + 1 < bytes.length;
		let value = bytes[i] ?? 0;
		if (pair) value = value * 256 + (bytes[i + 1] ?? 0);
		out += ALPHABET[value % 45];
		out += ALPHABET[Math.floor(value / 45) % 45];
		if (pair) out += ALPHABET[Math.floor(value / 2025)];
	}
	return out;
}

/** Throws for a text that no bytes have. */
export function decodeBase45(text: string): Uint8Array<ArrayBuffer> {
	const out: number[] = [];
	if (text.length % 3 === 1) throw new Error("base45: length");
	for (let i = 0; i < text.length; i += 3) {
		const digits = [...text.slice(i, i + 3)].map((c) => ALPHABET.indexOf(c));
		if (digits.includes(-1)) throw new Error("base45: character");
		const value = digits.reduce((sum, d, k) => sum + d * 45 ** k, 0);
		if (value > (digits.length === 3 ? 65535 : 255))
			throw new Error("base45: value");
		if (digits.length === 3) out.push(value >> 8);
		out.push(value & 255);
	}
	return new Uint8Array(out);
}
