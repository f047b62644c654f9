// The desk opens without a network: its worker, with the list of its files.
import { shell } from "../lib/shell.mjs";

export const entries = ["../lib/sw.ts"];

export async function after(out) {
	await shell(out, "check");
}
