// What the views share: the wallet's home, its tables as they change, and
// where we are (the fragment of the address, so that Back works).

import { createContext } from "preact";
import type { ComponentChildren } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { type Home, homeAt } from "./home.ts";
import { asProblem, Problem } from "./protocol/problem.ts";
import { type Card, type Entry, Store } from "./store.ts";

const HomeContext = createContext<Home | null>(null);

export function HomeProvider(props: { children: ComponentChildren }) {
	const [home] = useState(() => homeAt(new Store(), location.href));
	return (
		<HomeContext.Provider value={home}>
			{props.children}
		</HomeContext.Provider>
	);
}

export function useHome(): Home {
	const home = useContext(HomeContext);
	if (!home) throw new Error("outside of HomeProvider");
	return home;
}

export type Loaded<T> =
	| { state: "loading" }
	| { state: "failed"; problem: Problem }
	| { state: "ready"; value: T };

/** What `read` gives, again after each change of the store. */
export function useStored<T>(read: (home: Home) => Promise<T>): Loaded<T> {
	const home = useHome();
	const [loaded, set] = useState<Loaded<T>>({ state: "loading" });
	useEffect(() => {
		let here = true;
		const load = () =>
			read(home).then(
				(value) => here && set({ state: "ready", value }),
				(error: unknown) =>
					here &&
					set({
						state: "failed",
						problem: asProblem(error, "storage_failed"),
					}),
			);
		void load();
		const undo = home.store.onChange(() => void load());
		return () => {
			here = false;
			undo();
		};
	}, [home]);
	return loaded;
}

const newestCard = (a: Card, b: Card) => b.receivedAt - a.receivedAt;
const newestEntry = (a: Entry, b: Entry) => b.at - a.at;

export const useCards = (): Loaded<Card[]> =>
	useStored(async ({ store }) => (await store.all("cards")).sort(newestCard));

export const useHistory = (): Loaded<Entry[]> =>
	useStored(async ({ store }) =>
		(await store.all("history")).sort(newestEntry),
	);

/** `#/card/ID` and so on; anything else is the start. */
export function useRoute(): string[] {
	const read = () => location.hash.replace(/^#\/?/, "").split("/");
	const [route, set] = useState(read);
	useEffect(() => {
		const changed = () => {
			set(read());
			window.scrollTo(0, 0);
		};
		addEventListener("hashchange", changed);
		return () => removeEventListener("hashchange", changed);
	}, []);
	return route;
}

export function go(route: string): void {
	location.hash = `#/${route}`;
}

/** Like `go`, but Back does not lead here again. */
export function goInstead(route: string): void {
	history.replaceState(null, "", `${location.pathname}#/${route}`);
	dispatchEvent(new HashChangeEvent("hashchange"));
}

export function useOnline(): boolean {
	const [online, set] = useState(navigator.onLine);
	useEffect(() => {
		const changed = () => set(navigator.onLine);
		addEventListener("online", changed);
		addEventListener("offline", changed);
		return () => {
			removeEventListener("online", changed);
			removeEventListener("offline", changed);
		};
	}, []);
	return online;
}

const LINK_KEPT_S = 900;

/** A link that was opened and is not done with: it outlives the tab. */
export async function keepLink(home: Home, text: string): Promise<void> {
	await home.store.change((tables) =>
		tables.put("settings", {
			name: "link",
			value: { text, at: Date.now() / 1000 },
		}),
	);
}

export async function keptLink(home: Home): Promise<string | null> {
	const setting = await home.store.get("settings", "link");
	const link = setting?.value as { text: string; at: number } | undefined;
	if (!link || link.at + LINK_KEPT_S < Date.now() / 1000) return null;
	return link.text;
}

export async function dropLink(home: Home): Promise<void> {
	await home.store.change((tables) => tables.remove("settings", "link"));
}
