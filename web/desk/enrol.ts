// POST /desk/enrol of the demo, as doc/api.md gives it.
import { call } from "../lib/api.ts";
import type { Result } from "../lib/api.ts";

export interface Person {
	family_name: string;
	given_name: string;
	family_name_latin: string;
	given_name_latin: string;
	birth_date: string;
	sex: number;
	locality: string;
}

export interface Enrolled {
	number: string;
	name: string;
}

async function base64(blob: Blob): Promise<string> {
	const bytes = new Uint8Array(await blob.arrayBuffer());
	let text = "";
	for (let i = 0; i < bytes.length; i += 0x8000)
		text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
	return btoa(text);
}

export async function enrol(
	person: Person,
	portrait: Blob,
): Promise<Result<Enrolled>> {
	const { locality, family_name_latin, given_name_latin, ...rest } = person;
	return call("enrol", {
		method: "POST",
		timeout_ms: 30000,
		json: {
			...rest,
			...(family_name_latin ? { family_name_latin } : {}),
			...(given_name_latin ? { given_name_latin } : {}),
			...(locality ? { place_of_birth: { locality } } : {}),
			portrait: await base64(portrait),
		},
	});
}

/** What POST /desk/portrait says of a portrait. */
export interface Judgement {
	answer: "face" | "none" | "many" | "unusable";
	/** What a portrait should not have, as words of the server. */
	mend: string[];
	defects: string[];
}

export function judge(
	portrait: Blob,
	signal: AbortSignal,
): Promise<Result<Judgement>> {
	return call("portrait", {
		method: "POST",
		blob: portrait,
		signal,
		timeout_ms: 15000,
	});
}
