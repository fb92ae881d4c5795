import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

/** `protocol.ts` and what it exports are written by hand; here they are held to the contract, field by field. */

const contracts = new URL("../../../../contracts/proto/spaces/v1/", import.meta.url);
const withoutComments = (text: string) => text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/.*$/gm, "");
const texts = (names: string[], folder: URL) =>
  names.map((name) => withoutComments(readFileSync(new URL(name, folder), "utf8"))).join("\n");
const proto = texts(
  ["room_state", "events", "reaction", "notification", "room", "stage", "signaling"].map((name) => `${name}.proto`),
  contracts,
);
const typescript = texts(["messages.ts", "protocol.ts", "requests.ts"], new URL("../", import.meta.url));

const SCALARS: Record<string, string> = {
  string: "string",
  bool: "boolean",
  uint32: "number",
  uint64: "string",
  "google.protobuf.Timestamp": "string",
};

/** The body between the braces after a heading such as `message Room`. */
function blocks(text: string, heading: RegExp): Map<string, string> {
  const found = new Map<string, string>();
  for (const match of text.matchAll(heading)) {
    let depth = 1;
    let end = match.index + match[0].length;
    for (; depth > 0; end++) depth += text[end] === "{" ? 1 : text[end] === "}" ? -1 : 0;
    found.set(match[1] ?? "", text.slice(match.index + match[0].length, end - 1));
  }
  return found;
}

const camel = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

function protoFields(body: string, emptyMessages: Set<string>): string[] {
  const fields = [...body.matchAll(/(repeated\s+)?([\w.]+)\s+(\w+)\s*=\s*\d+;/g)];
  return fields
    .map(([, repeated, type = "", name = ""]) => {
      const plain = SCALARS[type] ?? (emptyMessages.has(type) ? "Empty" : type);
      return `${camel(name)}?: ${plain}${repeated === undefined ? "" : "[]"}`;
    })
    .sort();
}

const typescriptFields = (body: string) => [...body.matchAll(/(\w+\?: [\w[\]]+);/g)].map((match) => match[1]).sort();

describe("protocol.ts", () => {
  const messages = blocks(proto, /message (\w+) \{/g);
  const interfaces = blocks(typescript, /export interface (\w+) \{/g);
  const empty = new Set([...messages].filter(([, body]) => body.trim() === "").map(([name]) => name));

  it("finds the contract", () => {
    expect(messages.size).toBeGreaterThan(35);
    expect(empty).toContain("Leave");
  });

  it.each([...messages.keys()].filter((name) => !empty.has(name)))("has the fields of %s", (name) => {
    expect(typescriptFields(interfaces.get(name) ?? "")).toEqual(protoFields(messages.get(name) ?? "", empty));
  });

  it("has no message that the contract does not have", () => {
    expect([...interfaces.keys()].filter((name) => !messages.has(name))).toEqual([]);
  });

  it.each([...blocks(proto, /enum (\w+) \{/g)])("has the values of %s", (name, body) => {
    const values = [...body.matchAll(/(\w+)\s*=\s*\d+;/g)].map((match) => match[1]).sort();
    const type = new RegExp(`export type ${name} =([^;]*);`).exec(typescript)?.[1] ?? "";
    expect([...type.matchAll(/"(\w+)"/g)].map((match) => match[1]).sort()).toEqual(values);
  });
});
