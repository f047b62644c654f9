import { useEffect, useRef } from "preact/hooks";

/**
 * For the heading of a step: takes the focus when the step changes, so that
 * keyboard and screen reader start where the page goes on. Not at the first
 * showing: a page that was just opened keeps its own start.
 */
export function useStepFocus<T extends HTMLElement>(step: unknown) {
	const ref = useRef<T>(null);
	const first = useRef(true);
	useEffect(() => {
		if (!first.current)
			ref.current?.focus();
		first.current = false;
	}, [step]);
	return ref;
}
