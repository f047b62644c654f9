import { catalogue } from "../lib/messages.ts";
import { en } from "../lib/messages/desk/en.ts";
import { ru } from "../lib/messages/desk/ru.ts";
import { th } from "../lib/messages/desk/th.ts";
import { vi } from "../lib/messages/desk/vi.ts";
import { zh } from "../lib/messages/desk/zh.ts";

export const useText = catalogue<typeof en>({ en, zh, th, vi, ru });
