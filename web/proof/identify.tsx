import { useRef, useState } from "preact/hooks";
import { useCommon } from "../lib/common.ts";
import { ProblemNote } from "../lib/page.tsx";
import type { Problem } from "../lib/api.ts";
import { useText } from "./text.ts";

export interface IdentifyProps {
	controller: string;
	problem: Problem | null;
	busy: boolean;
	onSend: (number: string, name: string) => void;
}

interface Entry {
	id: string;
	label: string;
	hint: string;
	missing: string | null;
	autocomplete: "off" | "name";
	onInput: (value: string) => void;
}

function Field(props: Entry) {
	return (
		<div class="field">
			<label for={props.id}>{props.label}</label>
			<small id={`${props.id}-hint`}>{props.hint}</small>
			<input
				id={props.id}
				name={props.id}
				type="text"
				required
				maxLength={150}
				autocomplete={props.autocomplete}
				autocapitalize="characters"
				spellcheck={false}
				aria-describedby={`${props.id}-hint ${props.id}-missing`}
				aria-invalid={props.missing !== null}
				onInput={(e) => props.onInput(e.currentTarget.value)}
			/>
			<p id={`${props.id}-missing`} class="missing" role="alert">
				{props.missing}
			</p>
		</div>
	);
}

/** Which entry of the register: number and name. */
export function Identify(props: IdentifyProps) {
	const t = useText();
	const form = useRef<HTMLFormElement>(null);
	const [number, setNumber] = useState("");
	const [name, setName] = useState("");
	const [tried, setTried] = useState(false);
	const noNumber = tried && number.trim() === "";
	const noName = tried && name.trim() === "";
	const send = (event: Event) => {
		event.preventDefault();
		setTried(true);
		if (number.trim() !== "" && name.trim() !== "")
			props.onSend(number.trim(), name.trim());
		else
			form.current
				?.querySelector<HTMLInputElement>(
					number.trim() === "" ? "#number" : "#name",
				)
				?.focus();
	};
	return (
		<form ref={form} class="sheet stack" noValidate onSubmit={send}>
			<p>{t("identify_intro", { controller: props.controller })}</p>
			{props.problem && <ProblemNote problem={props.problem} />}
			<Field
				id="number"
				label={t("number_label")}
				hint={t("number_hint")}
				missing={noNumber ? t("number_missing") : null}
				autocomplete="off"
				onInput={setNumber}
			/>
			<Field
				id="name"
				label={t("name_label")}
				hint={t("name_hint")}
				missing={noName ? t("name_missing") : null}
				autocomplete="name"
				onInput={setName}
			/>
			<SubmitButton busy={props.busy} />
		</form>
	);
}

function SubmitButton(props: { busy: boolean }) {
	const c = useCommon();
	return (
		<button type="submit" class="primary" disabled={props.busy}>
			{c("next")}
		</button>
	);
}
