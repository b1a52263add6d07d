// The page as a whole: the list, what is open, keys, building, approving, and whose turn it is.

import { ask, choose, desk, me, node, on, place, session, settled, tell, toClip } from "./desk.js";
import { now, seek, step, stopDrawing, toggle } from "./player.js";
import "./timeline.js";
import "./talk.js";
import { KEYS } from "./tools.js";
import { switchLanguage, t, write } from "./words.js";

const id = (name) => document.getElementById(name);
const HERE_MS = 4000;
const IDLE_MS = 60000;

let rows = [];
let troubles = [];
let builds = 0;
let busy = false;

// --- the list ------------------------------------------------------------------------------------------------------

async function list() {
  const said = await ask("/api/clips");
  rows = said.clips;
  troubles = Object.entries(said.troubles);
  desk.marks = said.marks;
  id("channel").textContent = said.channel;
  renderList();
  id("empty").hidden = rows.length > 0;
  id("empty").textContent = troubles.length ? "" : t("no_clips");
}

function standing(row) {
  if (row.state === "approved") return "approved";
  if (row.awaits_approval) return "to_sign";
  return row.state === "waiting" && !row.is_fresh ? "to_build" : row.state;
}

function renderList() {
  id("clips").replaceChildren(...rows.map((row) => {
    const open = desk.clip && desk.clip.case === row.case && desk.clip.clip === row.clip;
    const made = node("button", open ? "clip open" : "clip", "",
      node("b", "", row.title || `${row.case} #${row.clip}`),
      node("span", "", `${row.case} #${row.clip} · ${row.length_s} s${row.seconds ? ` · ${t("spent")} ${Math.round(row.seconds)} s` : ""}`),
      node("span", `pill ${standing(row)}`, t(standing(row))));
    if (row.doubts) made.append(node("i", "", String(row.doubts)));
    made.type = "button";
    made.addEventListener("click", () => { made.blur(); open || show(row.case, row.clip); });
    return made;
  }), ...troubles.map(([name, what]) => trouble(name, what)));
}

// A case of which nothing can be shown, or not as it is now: what keeps it, and the way on.
function trouble(name, what) {
  const button = node("button", "quiet", t("rebuild"));
  button.addEventListener("click", () => build(name));
  return node("div", "trouble", "", node("span", "", `${name}: ${what}`), button);
}

// --- a clip --------------------------------------------------------------------------------------------------------

async function show(name, number, at = 0) {
  await settled();
  if (desk.clip && desk.clip.case !== name) await ask(`/api/leave/${encodeURIComponent(desk.clip.case)}`, "POST", { session });
  const clip = await ask(`/api/clips/${encodeURIComponent(name)}/${number}`);
  Object.assign(desk, { clip, edits: clip.edits, moment: null, chosen: null, also: null, span: null, undo: [], refused: {} });
  location.hash = `${name}/${number}`;
  id("desk").hidden = false;
  notice("");
  if (clip.picture) clip.picture.moments.unshift(...clip.picture.suspects.map(asMoment));
  await here();
  tell("opened");
  if (at && clip.picture) id("video").addEventListener("loadedmetadata", () => setTimeout(() => seek(at), 0), { once: true });
  header();
  renderList();
  if (clip.trouble) notice(clip.trouble, t("reload"), reload);
}

// What keeps the clip waiting until somebody has looked at it comes before all other doubts.
function asMoment(one) {
  return { ...one, kind: "suspect", at_s: toClip(one.from), end_s: toClip(one.to), track: 0, weight: 1, amount: 0 };
}

async function reload() {
  const { clip } = desk;
  await list();
  const same = clip && rows.find((row) => row.case === clip.case && row.clip === clip.clip);
  const first = same || rows[0];
  id("desk").hidden = !first;
  if (first) await show(first.case, first.clip, same ? now() : 0);
  else {
    id("video").pause();
    desk.clip = null;
  }
}

function header() {
  const { clip } = desk;
  if (!clip) return;
  const state = clip.approved ? "approved" : clip.awaits_approval && clip.is_fresh ? "to_sign" : clip.is_fresh ? clip.state : "to_build";
  id("title").textContent = desk.edits.title ?? clip.title.now;
  id("state").textContent = t(state);
  id("state").className = `pill ${state}`;
  id("reason").textContent = clip.approved ? t("approved_by", clip.approved.by, clip.approved.at.slice(0, 10))
    : state === "to_build" && clip.picture ? t("edited") : state === "to_sign" ? "" : clip.reason;
  id("reason").title = [clip.reason, clip.next].filter(Boolean).join("\n→ ");
  id("notes").textContent = clip.notes.join("\n");
  id("notes").hidden = !clip.notes.length;
  id("approve").disabled = busy || !clip.is_fresh || !clip.awaits_approval;
  id("build").hidden = clip.is_fresh;
  id("build").disabled = busy;
  id("spent").textContent = clip.seconds ? `${t("spent")} ${Math.round(clip.seconds)} s` : "";
}

function notice(text, label = t("close"), act = () => notice("")) {
  id("notice").hidden = !text;
  id("notice").querySelector("span").textContent = text;
  const button = id("notice").querySelector("button");
  button.textContent = label;
  button.onclick = act;
}

// What went wrong, where it is seen: the notice lies on the desk, which is hidden while no clip is open.
function complain(text) {
  notice(text);
  if (!id("desk").hidden) return;
  id("empty").hidden = false;
  id("empty").textContent = text;
}

function whole(error) { return [error.message, error.remedy].filter(Boolean).join(" → "); }

on("edited", () => {
  const row = rows.find((one) => one.case === desk.clip.case && one.clip === desk.clip.clip);
  Object.assign(row, { is_fresh: false, awaits_approval: false, state: row.state === "approved" ? "waiting" : row.state });
  header();
  renderList();
});
on("saving", () => { id("saved").textContent = t("saving"); });
on("saved", () => { id("saved").textContent = t("saved"); });
// Having looked changes nothing in a file, so nothing has to be built: only where the clip stands is asked again.
on("looked", async () => { await settled(); await reload(); });
// Refused texts go back into their boxes: nothing that was typed is lost.
on("refused", async (error, edits) => {
  id("saved").textContent = "";
  await reload();
  const typed = ["title", "caption", "tags"].filter((name) => JSON.stringify(edits[name]) !== JSON.stringify(desk.edits[name]));
  desk.refused = Object.fromEntries(error.why ? [] : typed.map((name) => [name, edits[name]]));
  tell("kept_back");
  notice(error.why === "changed" ? t("outside") : t("refused", whole(error)));
});

// --- whose turn it is ----------------------------------------------------------------------------------------------

async function here(take = false) {
  if (!desk.clip) return;
  const said = await ask(`/api/here/${encodeURIComponent(desk.clip.case)}`, "POST", { session, name: me(), take });
  const was = desk.mine;
  desk.mine = said.mine;
  if (!said.mine) notice(t("other", said.holder || t("somebody")), t("take_over"), async () => { await here(true); notice(""); await reload(); });
  if (was !== said.mine) tell("turn");
  if (!was && said.mine) notice("");
  await settled();
  if (said.builds !== builds || (said.version !== desk.clip.version && id("saved").textContent !== t("saving"))) {
    const elsewhere = said.builds === builds;
    builds = said.builds;
    await reload();
    if (elsewhere) notice(t("outside"));
  }
}

// A page that is closed or left frees its case for the next person; one that comes back from the cache claims it again.
addEventListener("pagehide", () => {
  if (!desk.clip) return;
  fetch(`/api/leave/${encodeURIComponent(desk.clip.case)}`,
    { method: "POST", keepalive: true, headers: { "Content-Type": "application/json" }, body: JSON.stringify({ session }) });
});

// --- building ------------------------------------------------------------------------------------------------------

async function build(name) {
  try {
    await settled();
    await ask(`/api/build/${encodeURIComponent(name)}`, "POST");
    await follow();
  } catch (error) {
    complain(whole(error));
  }
}

async function follow() {
  busy = true;
  header();
  try {
    await watch();
  } catch (error) {
    busy = false;
    id("progress").hidden = true;
    header();
    throw error;
  }
}

async function watch() {
  for (;;) {
    const said = await ask("/api/progress");
    id("progress").hidden = !said.case;
    const share = said.total ? ` ${Math.round((100 * said.done) / said.total)} %` : "";
    id("progress").querySelector("span").textContent = `${t(`stage_${said.stage || "probe"}`)}${share}`;
    id("progress").querySelector("i").style.width = said.total ? `${(100 * said.done) / said.total}%` : "12%";
    if (!desk.clip) id("empty").textContent = `${t(`stage_${said.stage || "probe"}`)}${share}`;
    if (!said.case) {
      busy = false;
      builds = said.count;
      await reload();
      if (said.trouble) complain(said.trouble);
      return;
    }
    await new Promise((done) => setTimeout(done, 300));
  }
}

// --- approving -----------------------------------------------------------------------------------------------------

function sign() {
  if (id("approve").disabled) return;
  id("sign-what").textContent = t("sign_what", `${desk.clip.case} #${desk.clip.clip}`, desk.clip.exports.length, desk.clip.packs.length);
  for (const box of id("sign").querySelectorAll("[type=checkbox]")) box.checked = false;
  id("sign").showModal();
}

id("sign").querySelector("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  id("sign").close();
  try {
    await ask(`/api/approve/${place()}`, "POST", { name: id("sign-name").value, subject: desk.clip.subject });
    await reload();
  } catch (error) {
    await reload(); // what was refused may be shown no longer
    notice(whole(error));
  }
});
id("sign-no").addEventListener("click", () => id("sign").close());
id("approve").addEventListener("click", sign);
id("build").addEventListener("click", () => build(desk.clip.case));

// --- keys ----------------------------------------------------------------------------------------------------------

document.addEventListener("keydown", (event) => {
  if (!desk.clip?.picture || event.ctrlKey || event.metaKey || event.altKey || id("sign").open) return;
  if (event.target.matches("input:not([type=checkbox]), textarea, select")) return;
  const act = {
    " ": toggle,
    arrowleft: () => step(event.shiftKey ? -Math.round(desk.clip.picture.fps) : -1),
    arrowright: () => step(event.shiftKey ? Math.round(desk.clip.picture.fps) : 1),
    arrowdown: () => KEYS.n(),
    arrowup: () => KEYS.p(),
    a: sign,
    escape: () => { stopDrawing(); desk.span = null; choose(null); },
    ...KEYS,
  }[event.key.toLowerCase()];
  if (!act || (event.key === " " && event.target.matches("button, [tabindex]"))) return;
  event.preventDefault();
  act();
});

// --- the time that a person spends, and the rest -------------------------------------------------------------------

let lastMoved = Date.now();
for (const event of ["pointermove", "keydown"]) document.addEventListener(event, () => { lastMoved = Date.now(); }, { passive: true });

async function count() {
  const idle = document.hidden || (Date.now() - lastMoved > IDLE_MS && id("video").paused);
  if (!desk.clip || idle || busy || !desk.mine) return;
  const { clip } = desk;
  clip.seconds = (await ask(`/api/spent/${place()}`, "POST", { seconds: HERE_MS / 1000 })).seconds;
  if (clip === desk.clip && !busy) header();
}

function tabs() {
  const names = ["talk", "texts"];
  id("tabs").replaceChildren(...names.map((name) => {
    const tab = node("button", id(`panel-${name}`).hidden ? "" : "on", t(name));
    Object.assign(tab, { type: "button", id: `tab-${name}` });
    tab.addEventListener("click", () => {
      for (const other of names) id(`panel-${other}`).hidden = other !== name;
      tabs();
    });
    return tab;
  }));
}

function speak() {
  write();
  id("language").textContent = t("you") === "我是" ? "English" : "中文";
  tabs();
}

id("language").addEventListener("click", async () => { switchLanguage(); id("saved").textContent = ""; speak(); await reload(); });
id("me").value = me();
id("me").addEventListener("change", () => localStorage.setItem("me", id("me").value.trim()));

async function start() {
  await list();
  const progress = await ask("/api/progress");
  builds = progress.count;
  const [wanted, number] = decodeURIComponent(location.hash.slice(1)).split("/");
  const first = rows.find((row) => row.case === wanted && row.clip === Number(number)) || rows[0];
  if (first) await show(first.case, first.clip);
  if (progress.case) await follow();
}

speak();
await start().catch((error) => complain(whole(error)));
document.body.dataset.ready = "yes";
setInterval(() => { here().catch((error) => notice(error.message)); count().catch(() => {}); }, HERE_MS);
