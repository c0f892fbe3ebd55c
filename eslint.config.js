import { existsSync } from "node:fs";

import eslint from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig(
  globalIgnores([
    "**/.cache/",
    "dist/",
    "coverage/",
    "test-artifacts/",
    "docs/reference/",
    "bench/thirdparty/",
    "test/package/consumer/",
    "site/dist/",
    // Without `npm ci` and `npm run generate` there, nothing in that folder has a type.
    existsSync(new URL("examples/orm/generated", import.meta.url)) ? "examples/orm/generated/" : "examples/orm/",
  ]),
  eslint.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "no-restricted-syntax": [
        "error",
        {
          selector: ":matches(SpreadElement > ObjectExpression, SpreadElement > ArrayExpression)",
          message: "write the literal's own entries",
        },
      ],
    },
  },
  {
    files: ["src/**"],
    rules: { "max-depth": ["error", 2], "@typescript-eslint/explicit-module-boundary-types": "error" },
  },
  {
    // A module of Nest is a class with nothing but decorators, and its options are a class that
    // nobody makes instances of.
    files: ["examples/nestjs/**"],
    rules: {
      "@typescript-eslint/no-extraneous-class": ["error", { allowWithDecorator: true }],
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
    },
  },
  {
    files: ["**/*.js", "**/*.mjs", "**/*.cjs"],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: {
        console: "readonly",
        crypto: "readonly",
        performance: "readonly",
        process: "readonly",
        Buffer: "readonly",
        setTimeout: "readonly",
        TextEncoder: "readonly",
        URL: "readonly",
      },
    },
  },
  {
    files: ["docs/playground/*.js", "examples/authenticator-browser/*.js", "site/.vitepress/theme/*.js"],
    languageOptions: {
      globals: {
        AbortController: "readonly",
        clearInterval: "readonly",
        createImageBitmap: "readonly",
        document: "readonly",
        indexedDB: "readonly",
        matchMedia: "readonly",
        navigator: "readonly",
        setInterval: "readonly",
      },
    },
  },
  {
    files: ["**/*.cjs"],
    languageOptions: { globals: { require: "readonly" } },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
);
