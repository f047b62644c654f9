import { catalogue } from "../lib/messages.ts";
import type { Text } from "../lib/messages.ts";
import { en } from "../lib/messages/check/en.ts";
import { ru } from "../lib/messages/check/ru.ts";
import { th } from "../lib/messages/check/th.ts";
import { vi } from "../lib/messages/check/vi.ts";
import { zh } from "../lib/messages/check/zh.ts";

export type CheckText = Text<typeof en>;

export const useText = catalogue<typeof en>({ en, zh, th, vi, ru });
