// A text that changes too often cannot be read: each one stays for a while.
import { useEffect, useRef, useState } from "preact/hooks";

/** Long enough to read three or four words. */
export const HOLD_MS = 700;

export interface Held<T> {
	/** What it belongs to; another one takes over at once. */
	key: string;
	value: T;
	since_ms: number;
}

/**
 * What is to be shown now, and after how long to ask again (null: not until
 * something changes).
 */
export function calm<T>(
	held: Held<T>,
	key: string,
	value: T,
	now_ms: number,
): { held: Held<T>; again_ms: number | null } {
	if (key !== held.key)
		return { held: { key, value, since_ms: now_ms }, again_ms: null };
	if (value === held.value)
		return { held, again_ms: null };
	const left = held.since_ms + HOLD_MS - now_ms;
	if (left > 0)
		return { held, again_ms: left };
	return { held: { key, value, since_ms: now_ms }, again_ms: null };
}

export function useCalm<T>(key: string, value: T): T {
	const held = useRef<Held<T>>({ key, value, since_ms: performance.now() });
	const [, redraw] = useState(0);
	const next = calm(held.current, key, value, performance.now());
	held.current = next.held;
	useEffect(() => {
		if (next.again_ms === null)
			return;
		const wake = setTimeout(() => redraw((n) => n + 1), next.again_ms);
		return () => clearTimeout(wake);
	});
	return next.held.value;
}
