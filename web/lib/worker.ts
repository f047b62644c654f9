/** The page's service worker: without it everything works but offline. */
export function registerWorker(): void {
	if (!("serviceWorker" in navigator)) return;
	navigator.serviceWorker
		.register("sw.js", { updateViaCache: "none" })
		.catch(() => {});
}
