// Getting a card, step by step, each step kept before the next begins.

import {
	begin,
	checkReturn,
	type Grant,
	type Issuer,
	loadIssuer,
	notify,
	type Offer,
	readReturn,
	redeemCode,
	redeemPreAuthorized,
	requestBatch,
} from "./protocol/issuing.ts";
import { verifyCredential } from "./protocol/credential.ts";
import { type HeldKey, newKey } from "./protocol/platform.ts";
import { checkTally } from "./showing.ts";
import { asProblem, Problem, type ProblemCode } from "./protocol/problem.ts";
import { issuerRoots } from "./protocol/trust.ts";
import { type Home, loadTrust, now, platformOf } from "./home.ts";
import type { Attempt, Card, Copy, Work } from "./store.ts";

export type Step = "issuer" | "token" | "keys" | "credentials" | "verify";

// After these the attempt leads nowhere: begin again.  With any other the
// same attempt can go on later.
const FATAL: ProblemCode[] = [
	"return_mixed_up",
	"return_unexpected",
	"proofing_stopped",
	"code_lost",
	"grant_expired",
	"credential_refused",
	"credential_deferred",
	"credential_untrusted",
	"offer_used",
	"issuer_unusable",
];
const ATTEMPT_KEPT_S = 3600;

function drop(tables: Work, attempt: Attempt): void {
	tables.remove("attempts", attempt.id);
	tables.remove("keys", attempt.dpopKeyId);
	for (const id of attempt.keyIds ?? []) tables.remove("keys", id);
}

export async function forget(home: Home, attempt: Attempt): Promise<void> {
	await home.store.change((tables) => drop(tables, attempt));
}

/** The attempt that can go on, if any; older ones are forgotten. */
export async function openAttempt(home: Home): Promise<Attempt | null> {
	const attempts = await home.store.all("attempts");
	attempts.sort((a, b) => b.startedAt - a.startedAt);
	let found: Attempt | null = null;
	for (const attempt of attempts) {
		const fresh = attempt.startedAt + ATTEMPT_KEPT_S > now();
		if (!found && fresh) found = attempt;
		else await forget(home, attempt);
	}
	return found;
}

/** Which card to get; what is not said is the home issuer's first. */
export type Wanted = Partial<
	Pick<Offer, "issuer" | "configurationId" | "issuerState">
>;

/**
 * Starts the authorization code flow; gives the address where the person
 * proves who they are.
 */
export async function start(home: Home, offer?: Wanted): Promise<string> {
	await loadTrust(home);
	const dpop = await newKey();
	const platform = platformOf(home, [dpop]);
	const issuer = await loadIssuer(
		platform,
		offer?.issuer ?? home.issuer,
		offer?.configurationId,
	);
	const { url, authorization } = await begin(
		platform,
		issuer,
		dpop,
		home.wallet,
		offer?.issuerState,
	);
	const before = await home.store.all("attempts");
	await home.store.change((tables) => {
		// One at a time: what was begun before is given up.
		for (const attempt of before) drop(tables, attempt);
		tables.put("keys", dpop);
		tables.put("attempts", {
			id: authorization.state,
			startedAt: now(),
			issuer: issuer.url,
			dpopKeyId: dpop.id,
			authorization,
		});
	});
	return url;
}

/**
 * Takes the code from the address that the person came back with.  Null: the
 * address holds none.  Throws return_unexpected when we did not ask.
 */
export async function comeBack(home: Home, url: URL): Promise<Attempt | null> {
	const back = readReturn(url);
	if (!back) return null;
	const attempt = await home.store.get("attempts", back.state);
	if (!attempt?.authorization) throw new Problem("return_unexpected");
	if (attempt.code) return attempt;
	const platform = platformOf(home);
	try {
		const issuer = await loadIssuer(
			platform,
			attempt.issuer,
			attempt.authorization.configurationId,
		);
		attempt.code = checkReturn(issuer, attempt.authorization, back.params);
	} catch (error) {
		const problem = asProblem(error, "server_failed");
		if (FATAL.includes(problem.code)) await forget(home, attempt);
		throw problem;
	}
	await home.store.change((tables) => tables.put("attempts", attempt));
	return attempt;
}

/** Keeps a pre-authorized offer as an attempt to go on with. */
export async function accept(home: Home, offer: Offer): Promise<Attempt> {
	await loadTrust(home);
	const dpop = await newKey();
	const attempt: Attempt = {
		id: dpop.id,
		startedAt: now(),
		issuer: offer.issuer,
		dpopKeyId: dpop.id,
		offer,
	};
	await home.store.change((tables) => {
		tables.put("keys", dpop);
		tables.put("attempts", attempt);
	});
	return attempt;
}

async function token(
	home: Home,
	attempt: Attempt,
	issuer: Issuer,
	dpop: HeldKey,
	txCode: string | undefined,
): Promise<void> {
	if (attempt.grant) return;
	const platform = platformOf(home, [dpop]);
	if (attempt.authorization && attempt.code)
		attempt.grant = await redeemCode(
			platform,
			issuer,
			dpop,
			attempt.authorization,
			attempt.code,
		);
	else if (attempt.offer)
		attempt.grant = await redeemPreAuthorized(
			platform,
			issuer,
			dpop,
			attempt.offer,
			txCode,
		);
	else throw new Problem("return_unexpected");
	await home.store.change((tables) => tables.put("attempts", attempt));
}

async function keysFor(
	home: Home,
	attempt: Attempt,
	issuer: Issuer,
): Promise<HeldKey[]> {
	if (attempt.keyIds) return home.store.keys(attempt.keyIds);
	const keys = await Promise.all(
		Array.from({ length: issuer.batchSize }, newKey),
	);
	attempt.keyIds = keys.map((key) => key.id);
	await home.store.change((tables) => {
		for (const key of keys) tables.put("keys", key);
		tables.put("attempts", attempt);
	});
	return keys;
}

async function verifyAll(
	home: Home,
	issuer: Issuer,
	keys: HeldKey[],
	credentials: string[],
): Promise<Card> {
	const trust = await loadTrust(home);
	const copies: Copy[] = [];
	let card: Card | undefined;
	for (const [i, credential] of credentials.entries()) {
		const key = keys[i];
		if (!key) throw new Problem("server_unusual", "too many credentials");
		const verified = await verifyCredential(credential, {
			roots: issuerRoots(trust),
			vct: issuer.vct,
			holder: key.publicJwk,
			credentialIssuer: issuer.url,
			now: now(),
		});
		copies.push({ id: key.id, credential, status: verified.status });
		card ??= {
			id: crypto.randomUUID(),
			issuer: issuer.url,
			issuerName: nameOf(issuer),
			configurationId: issuer.configurationId,
			vct: issuer.vct,
			look: issuer.look,
			claims: verified.claims,
			authorityKeyIds: verified.authorityKeyIds,
			exp: verified.exp,
			receivedAt: now(),
			copies,
		};
	}
	if (!card) throw new Problem("server_unusual", "no credentials");
	return card;
}

export function nameOf(issuer: Issuer): string {
	const display = issuer.metadata.credentialIssuer.display ?? [];
	return display[0]?.name ?? new URL(issuer.url).host;
}

/** Who a card is of: not every type says the ID number. */
const holderOf = ({ claims }: Card): string =>
	JSON.stringify(
		claims.personal_administrative_number ?? [
			claims.family_name,
			claims.given_name,
			claims.birthdate,
		],
	);

const sameHolder = (a: Card, b: Card): boolean =>
	a.issuer === b.issuer && a.vct === b.vct && holderOf(a) === holderOf(b);

/**
 * The small mdoc that is shown without a network, where the issuer has one for
 * this card.  A card without it is a card all the same: then none.
 */
async function requestTallies(
	home: Home,
	issuer: Issuer,
	dpop: HeldKey,
	grant: Grant,
): Promise<{ keys: HeldKey[]; tallies: Copy[] }> {
	const configurationId = `${issuer.configurationId}_tally`;
	const all = issuer.metadata.credentialIssuer.credential_configurations_supported;
	if (all[configurationId]?.format !== "mso_mdoc")
		return { keys: [], tallies: [] };
	try {
		const keys = await Promise.all(
			Array.from({ length: issuer.batchSize }, newKey),
		);
		const batch = await requestBatch(
			platformOf(home, [dpop, ...keys]),
			{ ...issuer, configurationId },
			dpop,
			grant,
			keys,
		);
		const trust = await loadTrust(home);
		const used = keys.slice(0, batch.credentials.length);
		for (const [i, key] of used.entries())
			await checkTally(
				batch.credentials[i] ?? "",
				key,
				issuerRoots(trust),
				now(),
			);
		const tallies = used.map((key, i) => ({
			id: key.id,
			credential: batch.credentials[i] ?? "",
		}));
		return { keys: used, tallies };
	} catch {
		return { keys: [], tallies: [] };
	}
}

/** The new card takes the place of the one it renews. */
async function keep(
	home: Home,
	attempt: Attempt,
	card: Card,
	keys: HeldKey[],
	tallyKeys: HeldKey[],
): Promise<void> {
	const cards = await home.store.all("cards");
	const before = cards.filter((other) => sameHolder(other, card));
	const used = new Set(card.copies.map((copy) => copy.id));
	await home.store.change((tables) => {
		for (const old of before) {
			tables.remove("cards", old.id);
			for (const copy of [...old.copies, ...(old.tallies ?? [])])
				tables.remove("keys", copy.id);
		}
		for (const key of keys)
			if (!used.has(key.id)) tables.remove("keys", key.id);
		for (const key of tallyKeys) tables.put("keys", key);
		tables.put("cards", card);
		tables.remove("attempts", attempt.id);
		tables.remove("keys", attempt.dpopKeyId);
	});
}

async function proceed(
	home: Home,
	attempt: Attempt,
	tell: (step: Step) => void,
	txCode?: string,
): Promise<Card> {
	tell("issuer");
	const [dpop] = await home.store.keys([attempt.dpopKeyId]);
	if (!dpop) throw new Problem("storage_failed");
	const configuration =
		attempt.authorization?.configurationId ??
		attempt.offer?.configurationId;
	const issuer = await loadIssuer(
		platformOf(home, [dpop]),
		attempt.issuer,
		configuration,
	);
	tell("token");
	await token(home, attempt, issuer, dpop, txCode);
	if (!attempt.grant) throw new Problem("grant_expired");
	tell("keys");
	const keys = await keysFor(home, attempt, issuer);
	tell("credentials");
	const platform = platformOf(home, [dpop, ...keys]);
	const batch = await requestBatch(
		platform,
		issuer,
		dpop,
		attempt.grant,
		keys,
	);
	tell("verify");
	const tellIssuer = (event: "credential_accepted" | "credential_failure") =>
		batch.notificationId && attempt.grant
			? notify(
					platform,
					issuer,
					dpop,
					{ ...attempt.grant, dpopNonce: batch.dpopNonce },
					batch.notificationId,
					event,
				)
			: undefined;
	try {
		const card = await verifyAll(home, issuer, keys, batch.credentials);
		const small = await requestTallies(home, issuer, dpop, {
			...attempt.grant,
			dpopNonce: batch.dpopNonce,
		});
		if (small.tallies.length > 0) card.tallies = small.tallies;
		await keep(home, attempt, card, keys, small.keys);
		await tellIssuer("credential_accepted");
		return card;
	} catch (error) {
		await tellIssuer("credential_failure");
		throw error;
	}
}

/**
 * Goes on with an attempt from wherever it stands.  Throws a Problem; the
 * attempt is kept when trying again can help.
 */
export async function goOn(
	home: Home,
	attempt: Attempt,
	tell: (step: Step) => void,
	txCode?: string,
): Promise<Card> {
	try {
		return await proceed(home, attempt, tell, txCode);
	} catch (error) {
		const problem = asProblem(error, "server_failed");
		if (FATAL.includes(problem.code)) await forget(home, attempt);
		throw problem;
	}
}
