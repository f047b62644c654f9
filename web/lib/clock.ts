import { useEffect, useState } from "preact/hooks";

/** Seconds UTC, as the server counts. */
export function nowSeconds(): number {
	return Math.floor(Date.now() / 1000);
}

/** Seconds until a moment, counted down once a second; never below 0. */
export function useSecondsUntil(moment: number): number {
	const [now, setNow] = useState(nowSeconds);
	useEffect(() => {
		const timer = setInterval(() => setNow(nowSeconds()), 1000);
		return () => clearInterval(timer);
	}, []);
	return Math.max(0, moment - now);
}

/** 75 as "1:15", the same in every language. */
export function clockText(seconds: number): string {
	const pad = (n: number) => String(n).padStart(2, "0");
	const minutes = Math.floor(seconds / 60);
	if (minutes < 60)
		return `${minutes}:${pad(seconds % 60)}`;
	const hours = Math.floor(minutes / 60);
	return `${hours}:${pad(minutes % 60)}:${pad(seconds % 60)}`;
}
