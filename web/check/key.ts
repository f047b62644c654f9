// The API key of the desk. It comes once, typed or as #key=… in the address,
// and stays in this tab only: closing it is signing out.

const NAME = "yufu.check.key";

export interface Entry {
	key: string | null;
	/** A check named in the address, started without asking. */
	policy: string | null;
}

/** Takes what the address brings and removes it from there. */
export function takeKey(): Entry {
	const given = new URLSearchParams(location.hash.slice(1));
	const key = given.get("key");
	if (location.hash !== "")
		history.replaceState(null, "", location.pathname + location.search);
	if (key)
		keepKey(key);
	return {
		key: key ?? sessionStorage.getItem(NAME),
		policy: given.get("policy"),
	};
}

export function keepKey(key: string): void {
	sessionStorage.setItem(NAME, key);
}

export function forgetKey(): void {
	sessionStorage.removeItem(NAME);
}
