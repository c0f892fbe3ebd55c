// All commands, in the order of the usage.
import { codeCommand } from "./code-command.ts";
import type { Command } from "./command.ts";
import { completionCommand } from "./completion-command.ts";
import { enrollCommand } from "./enroll-command.ts";
import { exportCommand } from "./export-command.ts";
import { helpCommand, versionCommand } from "./help-command.ts";
import { importCommand } from "./import-command.ts";
import { inspectCommand } from "./inspect-command.ts";
import { qrCommand } from "./qr-command.ts";
import { secretCommand } from "./secret-command.ts";
import { uriCommand } from "./uri-command.ts";
import { vectorsCommand } from "./vectors-command.ts";
import { verifyCommand } from "./verify-command.ts";

export const COMMANDS: readonly Command[] = [
  secretCommand,
  uriCommand,
  qrCommand,
  enrollCommand,
  codeCommand,
  verifyCommand,
  inspectCommand,
  importCommand,
  exportCommand,
  vectorsCommand,
  completionCommand,
  helpCommand,
  versionCommand,
];
