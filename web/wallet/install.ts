// The wallet as an app: its service worker, and the browser's offer to put it
// on the home screen.

import { useEffect, useState } from "preact/hooks";

interface InstallEvent extends Event {
	prompt(): Promise<void>;
}

// The browser offers once, perhaps before any view is there to hear it.
const offer: { event: InstallEvent | null } = { event: null };
const heard = new EventTarget();

export function listenForInstall(): void {
	addEventListener("beforeinstallprompt", (event) => {
		event.preventDefault();
		offer.event = event as InstallEvent;
		heard.dispatchEvent(new Event("change"));
	});
	addEventListener("appinstalled", () => {
		offer.event = null;
		heard.dispatchEvent(new Event("change"));
	});
}

export function useInstallable(): boolean {
	const [there, set] = useState(offer.event !== null);
	useEffect(() => {
		const changed = () => set(offer.event !== null);
		heard.addEventListener("change", changed);
		return () => heard.removeEventListener("change", changed);
	}, []);
	return there;
}

export async function install(): Promise<void> {
	const { event } = offer;
	offer.event = null;
	heard.dispatchEvent(new Event("change"));
	await event?.prompt();
}
