// How an open page comes back to a lab that was killed and started again; see returning.py.
// Rule: the page keeps the secret in memory alone, and sends nothing before the lab has proven that
// it knows it, because any other program may have taken the lab's port.

const PATIENCE = 10_000; // milliseconds for an answer

const bytes = (text) => new TextEncoder().encode(text);
const hex = (list) => [...list].map((byte) => byte.toString(16).padStart(2, "0")).join("");

async function proofOf(secret, text) {
  const kind = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytes(secret), kind, false, ["sign"]);
  return hex(new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes(text))));
}

async function ask(facts, credentials) {
  const query = new URLSearchParams(facts);
  const signal = AbortSignal.timeout(PATIENCE);
  const answer = await fetch(`/return?${query}`, { credentials, redirect: "error", signal });
  return answer.json();
}

/** Get a new cookie from the lab that knows the secret; false if whoever answers does not. */
export async function comeBack(secret) {
  const page = hex(crypto.getRandomValues(new Uint8Array(16)));
  const { number: lab, proof } = await ask({ page }, "omit").catch(noLab);
  const both = `${page} ${lab}`;
  if (proof !== (await proofOf(secret, `lab ${both}`))) return false;
  const reply = await ask({ page, lab, proof: await proofOf(secret, `page ${both}`) }, "same-origin");
  return reply.returned === true;
}

/** What is no JSON is no lab's answer; without any answer, the next try may have one. */
function noLab(error) {
  if (error instanceof SyntaxError) return {};
  throw error;
}
