// Answering a verifier: from the link to the history entry.

import {
	decline as sendDecline,
	type Outcome as Sent,
	prepare,
	type Prepared,
	seal,
	send,
} from "./protocol/answer.ts";
import type { Link } from "./protocol/link.ts";
import { match } from "./protocol/match.ts";
import { asProblem, Problem } from "./protocol/problem.ts";
import {
	fetchRequest,
	OverAsking,
	type VerifiedRequest,
	verifyRequest,
} from "./protocol/request.ts";
import type { Registration } from "./protocol/registration.ts";
import { checkStatus, type Standing } from "./protocol/status.ts";
import { issuerRoots, type TrustList } from "./protocol/trust.ts";
import { type Home, loadTrust, now, platformOf } from "./home.ts";
import type { Card, Copy, Entry, Outcome } from "./store.ts";

interface Part {
	card: Card;
	copy: Copy;
	prepared: Prepared;
}

/** A request that can be answered, with the answer as it would be. */
export interface Consent {
	/** Of the history entry, once there is one. */
	id: string;
	request: VerifiedRequest;
	parts: Part[];
	/** The encrypted answer, once it was made: sending again sends the same. */
	sealed?: string;
}

export const isExpired = (card: Card): boolean =>
	card.exp !== undefined && card.exp <= now();

export const unused = (card: Card): Copy[] =>
	card.copies.filter((copy) => copy.usedAt === undefined);

function entryOf(
	id: string,
	clientId: string,
	registration: Registration,
	claims: string[][],
	outcome: Outcome,
	reason?: string,
): Entry {
	return {
		id,
		at: now(),
		who: registration.name,
		registrar: registration.registrar,
		clientId,
		purpose: registration.purpose,
		retentionS: registration.retentionS,
		claims,
		outcome,
		reason,
	};
}

async function noteRefusal(
	home: Home,
	clientId: string,
	error: OverAsking,
): Promise<void> {
	const paths = error.paths.map((path) => path.map(String));
	await home.store.change((tables) =>
		tables.put(
			"history",
			entryOf(
				crypto.randomUUID(),
				clientId,
				error.registration,
				paths,
				"refused",
				"over_asked",
			),
		),
	);
}

/** A card that fits, is valid and has a copy left, the newest first. */
function pick(cards: Card[], ids: string[]): { card: Card; copy: Copy } {
	const fitting = ids
		.flatMap((id) => cards.find((card) => card.id === id) ?? [])
		.sort((a, b) => b.receivedAt - a.receivedAt);
	const valid = fitting.filter((card) => !isExpired(card));
	if (valid.length === 0) throw new Problem("card_expired");
	for (const card of valid) {
		const [copy] = unused(card);
		if (copy) return { card, copy };
	}
	throw new Problem("copies_spent");
}

/**
 * Fetches and verifies a request and prepares the answer.  A verifier that
 * asks for more than it is registered for is noted in the history.
 */
export async function look(
	home: Home,
	link: Extract<Link, { kind: "request" }>,
): Promise<Consent> {
	const trust = await loadTrust(home);
	const platform = platformOf(home);
	const fetched = await fetchRequest(platform, link);
	let request: VerifiedRequest;
	try {
		request = await verifyRequest(platform, link, fetched, trust);
	} catch (error) {
		if (error instanceof OverAsking)
			await noteRefusal(home, link.clientId, error);
		throw asProblem(error, "request_invalid");
	}
	const cards = await home.store.all("cards");
	const parts: Part[] = [];
	for (const choice of match(request.query, cards)) {
		const { card, copy } = pick(cards, choice.cardIds);
		parts.push({
			card,
			copy,
			prepared: await prepare(
				choice.queryId,
				copy.credential,
				choice.paths,
			),
		});
	}
	return { id: crypto.randomUUID(), request, parts };
}

const entryFor = (
	consent: Consent,
	outcome: Outcome,
	reason?: string,
): Entry =>
	entryOf(
		consent.id,
		consent.request.clientId,
		consent.request.registration,
		consent.parts.flatMap((part) =>
			part.prepared.shown.map((claim) => claim.path),
		),
		outcome,
		reason,
	);

const note = (
	home: Home,
	consent: Consent,
	outcome: Outcome,
	reason?: string,
): Promise<void> =>
	home.store.change((tables) =>
		tables.put("history", entryFor(consent, outcome, reason)),
	);

/** Marks the copies as used and writes the history before anything is sent. */
async function commit(home: Home, consent: Consent): Promise<void> {
	await home.store.change(async (tables) => {
		for (const part of consent.parts) {
			const card = await tables.get("cards", part.card.id);
			const copy = card?.copies.find((c) => c.id === part.copy.id);
			if (!card || !copy || copy.usedAt !== undefined)
				throw new Problem("copies_spent", "used in another tab");
			copy.usedAt = now();
			tables.put("cards", card);
			// The answer is signed: nothing more is ever signed with it.
			tables.remove("keys", copy.id);
		}
		tables.put("history", entryFor(consent, "sending"));
	});
}

const isLate = (request: VerifiedRequest): boolean =>
	request.exp !== undefined && request.exp <= now();

/**
 * Shares what was consented to.  Called again after answer_unsure it sends
 * the same answer again, never a second one.
 */
export async function share(home: Home, consent: Consent): Promise<Sent> {
	if (isLate(consent.request)) throw new Problem("request_expired");
	const platform = platformOf(home);
	if (consent.sealed === undefined) {
		const keys = await home.store.keys(
			consent.parts.map((part) => part.copy.id),
		);
		const sealed = await seal(
			platform,
			consent.request,
			consent.parts.map((part, i) => ({
				prepared: part.prepared,
				key: (keys[i] as { privateKey: CryptoKey }).privateKey,
			})),
		);
		await commit(home, consent);
		consent.sealed = sealed;
	}
	try {
		const sent = await send(platform, consent.request, consent.sealed);
		await note(home, consent, "shared");
		return sent;
	} catch (error) {
		const problem = asProblem(error, "answer_refused");
		const unsure = problem.code === "answer_unsure";
		await note(home, consent, unsure ? "unsure" : "failed", problem.code);
		throw problem;
	}
}

/**
 * Says no.  The person's no counts even where it cannot be delivered.  It
 * takes nothing back: where an answer may have arrived, the history says so.
 */
export async function decline(home: Home, consent: Consent): Promise<Sent> {
	if (consent.sealed === undefined) await note(home, consent, "declined");
	try {
		return await sendDecline(platformOf(home), consent.request);
	} catch {
		return {};
	}
}

/** Answers that were being sent when the tab was closed. */
export async function settleHistory(home: Home): Promise<void> {
	const entries = await home.store.all("history");
	const open = entries.filter(
		(entry) => entry.outcome === "sending" && entry.at + 60 < now(),
	);
	if (open.length === 0) return;
	await home.store.change((tables) => {
		for (const entry of open)
			tables.put("history", { ...entry, outcome: "unsure" });
	});
}

async function standingOf(
	home: Home,
	card: Card,
	trust: TrustList,
): Promise<Standing> {
	const copy = unused(card)[0] ?? card.copies[0];
	if (!copy?.status) return "valid";
	return checkStatus(
		copy.status,
		issuerRoots(trust),
		now(),
		platformOf(home).fetch,
	);
}

/** Looks the status of a card up and keeps it; "unknown" keeps the last. */
export async function refresh(home: Home, id: string): Promise<Standing> {
	const known = await home.store.get("cards", id);
	if (!known) return "unknown";
	let value: Standing = "unknown";
	try {
		value = await standingOf(home, known, await loadTrust(home));
	} catch {
		return "unknown";
	}
	if (value === "unknown") return value;
	await home.store.change(async (tables) => {
		const card = await tables.get("cards", id);
		if (!card) return;
		card.standing = { value, checkedAt: now() };
		tables.put("cards", card);
	});
	return value;
}

export async function removeCard(home: Home, card: Card): Promise<void> {
	await home.store.change((tables) => {
		tables.remove("cards", card.id);
		for (const copy of [...card.copies, ...(card.tallies ?? [])])
			tables.remove("keys", copy.id);
	});
}
