// What the wallet keeps, in IndexedDB on this device and nowhere else.  A
// change is one transaction: it is there as a whole or not at all.

import type { StatusReference } from "./protocol/credential.ts";
import type { Authorization, Grant, Offer } from "./protocol/issuing.ts";
import type { Look } from "./protocol/look.ts";
import type { HeldKey } from "./protocol/platform.ts";
import { Problem } from "./protocol/problem.ts";
import type { Claims } from "./protocol/sdjwt.ts";
import type { Standing } from "./protocol/status.ts";
import type { TrustList } from "./protocol/trust.ts";

/** One credential of a batch, shown at most once, with its own key. */
export interface Copy {
	/** The key's id, too. */
	id: string;
	credential: string;
	status?: StatusReference;
	/** Seconds UTC; set before it is sent. */
	usedAt?: number;
}

export interface Card {
	id: string;
	issuer: string;
	issuerName: string;
	configurationId: string;
	vct: string;
	/** Absent in cards that were kept before there was one. */
	look?: Look;
	claims: Claims;
	authorityKeyIds: string[];
	/** Seconds UTC. */
	exp?: number;
	receivedAt: number;
	copies: Copy[];
	/** Its tally as mdoc, base64url, each with its own key; absent where the
	 * issuer has none. */
	tallies?: Copy[];
	standing?: { value: Standing; checkedAt: number };
}

/** A card on its way; enough to go on after the tab was closed. */
export interface Attempt {
	id: string;
	startedAt: number;
	issuer: string;
	dpopKeyId: string;
	authorization?: Authorization;
	code?: string;
	offer?: Offer;
	grant?: Grant;
	keyIds?: string[];
}

export type Outcome =
	| "sending"
	| "shared"
	| "unsure"
	| "failed"
	| "declined"
	| "refused";

export interface Entry {
	id: string;
	/** Seconds UTC. */
	at: number;
	who: string;
	registrar: string;
	clientId: string;
	purpose: Record<string, string>;
	retentionS: number;
	/** Names of the claims, never their values. */
	claims: string[][];
	outcome: Outcome;
	/** A ProblemCode, for failed and refused. */
	reason?: string;
}

interface Setting {
	name: string;
	value: unknown;
}

interface Tables {
	keys: HeldKey;
	cards: Card;
	attempts: Attempt;
	history: Entry;
	settings: Setting;
}

type Name = keyof Tables;
const NAMES: Name[] = ["keys", "cards", "attempts", "history", "settings"];
const VERSION = 1;

export interface Work {
	get<N extends Name>(name: N, id: string): Promise<Tables[N] | undefined>;
	put<N extends Name>(name: N, row: Tables[N]): void;
	remove(name: Name, id: string): void;
}

function finished(request: IDBRequest): Promise<unknown> {
	return new Promise((done, fail) => {
		request.onsuccess = () => done(request.result);
		request.onerror = () => fail(request.error);
	});
}

function open(): Promise<IDBDatabase> {
	const request = indexedDB.open("yufu-wallet", VERSION);
	request.onupgradeneeded = () => {
		for (const name of NAMES)
			request.result.createObjectStore(name, {
				keyPath: name === "settings" ? "name" : "id",
			});
	};
	return finished(request) as Promise<IDBDatabase>;
}

export class Store {
	#database: Promise<IDBDatabase> | null = null;
	#channel = new BroadcastChannel("yufu-wallet");
	#listeners = new Set<() => void>();

	constructor() {
		this.#channel.onmessage = () => this.#tell();
	}

	#tell(): void {
		for (const listener of this.#listeners) listener();
	}

	/** Called after each change, here or in another tab; gives the undo. */
	onChange(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	async #open(): Promise<IDBDatabase> {
		this.#database ??= open();
		try {
			const database = await this.#database;
			database.onversionchange = () => database.close();
			database.onclose = () => {
				this.#database = null;
			};
			return database;
		} catch (error) {
			this.#database = null;
			throw new Problem("storage_failed", String(error));
		}
	}

	async get<N extends Name>(
		name: N,
		id: string,
	): Promise<Tables[N] | undefined> {
		const database = await this.#open();
		const table = database.transaction(name).objectStore(name);
		return (await finished(table.get(id))) as Tables[N] | undefined;
	}

	async all<N extends Name>(name: N): Promise<Tables[N][]> {
		const database = await this.#open();
		const table = database.transaction(name).objectStore(name);
		return (await finished(table.getAll())) as Tables[N][];
	}

	/**
	 * Does all of `work` in one transaction, or none of it.  `work` awaits
	 * nothing but `get`.  Throws what `work` threw, or storage_failed.
	 */
	async change(work: (tables: Work) => void | Promise<void>): Promise<void> {
		const database = await this.#open();
		const transaction = database.transaction(NAMES, "readwrite", {
			durability: "strict",
		});
		const done = new Promise<void>((yes, no) => {
			transaction.oncomplete = () => yes();
			transaction.onabort = () =>
				no(new Problem("storage_failed", String(transaction.error)));
		});
		const table = (name: Name) => transaction.objectStore(name);
		try {
			await work({
				get: (name, id) => finished(table(name).get(id)) as never,
				put: (name, row) => table(name).put(row),
				remove: (name, id) => table(name).delete(id),
			});
		} catch (error) {
			done.catch(() => {});
			transaction.abort();
			throw error;
		}
		await done;
		this.#channel.postMessage("changed");
		this.#tell();
	}

	async keys(ids: string[]): Promise<HeldKey[]> {
		const found = await Promise.all(ids.map((id) => this.get("keys", id)));
		return found.map((key) => {
			if (!key) throw new Problem("storage_failed", "a key is missing");
			return key;
		});
	}

	async trust(): Promise<TrustList | undefined> {
		const setting = await this.get("settings", "trust");
		return setting?.value as TrustList | undefined;
	}

	/** Forgets everything, the pinned trust list too. */
	async clear(): Promise<void> {
		const database = await this.#open();
		const transaction = database.transaction(NAMES, "readwrite");
		for (const name of NAMES) transaction.objectStore(name).clear();
		await new Promise<void>((yes, no) => {
			transaction.oncomplete = () => yes();
			transaction.onabort = () => no(transaction.error);
		});
		this.#channel.postMessage("changed");
		this.#tell();
	}
}
