import { catalogue } from "../lib/messages.ts";
import type { Text } from "../lib/messages.ts";
import { en } from "../lib/messages/proof/en.ts";
import { ru } from "../lib/messages/proof/ru.ts";
import { th } from "../lib/messages/proof/th.ts";
import { vi } from "../lib/messages/proof/vi.ts";
import { zh } from "../lib/messages/proof/zh.ts";

export type ProofText = Text<typeof en>;

export const useText = catalogue<typeof en>({ en, zh, th, vi, ru });
