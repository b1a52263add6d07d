// What the page knows: the clip that is open, its corrections, and how they are saved. Every change is saved at once.

import { language, t } from "./words.js";

export const desk = { clip: null, edits: null, mine: true, moment: null, chosen: null, also: null, span: null, marks: {}, undo: [], refused: {} };
export const session = sessionStorage.getItem("session") || crypto.randomUUID();
sessionStorage.setItem("session", session);

const heard = new Map();

export function on(event, act) {
  heard.set(event, [...(heard.get(event) || []), act]);
}

export function tell(event, ...what) {
  for (const act of heard.get(event) || []) act(...what);
}

export function me() { return localStorage.getItem("me") || ""; }

export async function ask(path, method = "GET", body = undefined) {
  const answer = await fetch(path, {
    method,
    headers: { "Accept-Language": language(), ...(body ? { "Content-Type": "application/json" } : {}) },
    body: body ? JSON.stringify(body) : undefined,
  });
  const said = await answer.json().catch(() => ({ error: `${answer.status} ${answer.statusText}` }));
  if (!answer.ok) throw Object.assign(new Error(said.error || JSON.stringify(said)), said);
  return said;
}

export function place() { return `${encodeURIComponent(desk.clip.case)}/${desk.clip.clip}`; }

// --- the recording's time and the clip's ---------------------------------------------------------------------------

export function toRecording(at) {
  const pieces = desk.clip.picture.pieces;
  const piece = [...pieces].reverse().find((one) => at >= one.at - 1e-6) || pieces[0];
  return round(piece.from + at - piece.at, 3);
}

export function toClip(time) {
  for (const piece of desk.clip.picture.pieces) {
    if (time < piece.from) return piece.at;
    if (time <= piece.to) return piece.at + time - piece.from;
  }
  return length();
}

export function length() {
  return desk.clip.picture ? desk.clip.picture.frames / desk.clip.picture.fps : desk.clip.to - desk.clip.from;
}

export function round(number, digits) {
  const by = 10 ** digits;
  return Math.round(number * by) / by;
}

export function clock(seconds) {
  const tenths = Math.floor(seconds * 10 + 0.001);
  return `${Math.floor(tenths / 600)}:${String(Math.floor(tenths / 10) % 60).padStart(2, "0")}.${tenths % 10}`;
}

// --- changing and saving -------------------------------------------------------------------------------------------

let waiting = Promise.resolve();
let asked = 0;

// Changes the corrections by `act(edits)` and saves them; what was before can be brought back.
export function change(act) {
  if (!desk.mine) return;
  desk.undo.push(structuredClone(desk.edits));
  act(desk.edits);
  keep();
}

export function undo() {
  if (!desk.undo.length || !desk.mine) return;
  desk.edits = desk.undo.pop();
  desk.chosen = null;
  keep();
}

function keep() {
  const { clip } = desk;
  const path = `/api/clips/${place()}`;
  const edits = structuredClone(desk.edits);
  const mine = ++asked;
  clip.is_fresh = false;
  tell("edited");
  tell("saving");
  waiting = waiting.then(async () => {
    try {
      const said = await ask(path, "PUT", { edits, version: clip.version, session, name: me() });
      clip.version = said.version;
      if (clip === desk.clip && mine === asked) tell("saved");
    } catch (error) {
      if (clip === desk.clip) tell("refused", error, edits);
    }
  });
}

export function settled() { return waiting; }

// Which drawn region, track or cut is chosen: {kind: "region" | "track" | "cut", at: index or number}.
export function choose(kind, at, also = false) {
  if (also && desk.chosen) desk.also = { kind, at };
  else [desk.chosen, desk.also] = [kind ? { kind, at } : null, null];
  tell("chosen");
}

export function chosenTrack() {
  return desk.chosen?.kind === "track" ? trackOf(desk.chosen.at) : null;
}

export function trackOf(number) {
  return desk.clip.picture?.tracks.find((one) => one.number === number) || null;
}

export function chosenRegion() {
  return desk.chosen?.kind === "region" ? desk.edits.regions[desk.chosen.at] : null;
}

// The box of a track or region at a time of the clip, in shares of the frame, or null.
export function trackBox(track, at) {
  const { fps, width, height } = desk.clip.picture;
  const from = (Math.min(desk.clip.picture.frames - 1, Math.floor(at * fps + 0.001)) - track.first) * 4;
  if (from < 0 || from >= track.boxes.length) return null;
  const [x0, y0, x1, y1] = track.boxes.slice(from, from + 4);
  return [x0 / width, y0 / height, x1 / width, y1 / height];
}

export function regionBox(region, at) {
  const time = toRecording(at);
  const half = 0.5 / desk.clip.picture.fps;
  const keys = region.mask;
  if (time < keys[0].at - half || time > keys[keys.length - 1].at + half) return null;
  const after = keys.findIndex((key) => key.at >= time);
  if (after < 0) return keys[keys.length - 1].box;
  if (after === 0) return keys[0].box;
  const [a, b] = [keys[after - 1], keys[after]];
  const share = (time - a.at) / (b.at - a.at);
  return a.box.map((side, n) => side + (b.box[n] - side) * share);
}

// The first of a person's corrections that points at a track, if any.
function pointing(list, track) {
  return list.find((one) => {
    const box = trackBox(track, toClip(one.at));
    return one.kind === track.kind && box && inside(box, one.point);
  });
}

export function keepOf(track) { return pointing(desk.edits.keep, track); }

export function maskOf(track) { return pointing(desk.edits.mask, track); }

// Whether a track stays visible as things stand: recognised or kept by hand, and not masked again.
export function isVisible(track) { return !maskOf(track) && Boolean(track.recognised || keepOf(track)); }

// What a person said of a suspect moment, if anything: `seen` in review.yaml.
export function lookOf(moment) {
  return desk.edits.seen.find((one) => one.about === moment.about && one.from === moment.from && one.to === moment.to);
}

export function inside(box, [x, y]) { return box[0] <= x && x < box[2] && box[1] <= y && y < box[3]; }

export function node(tag, classes = "", text = "", ...children) {
  const made = document.createElement(tag);
  if (classes) made.className = classes;
  if (text) made.textContent = text;
  made.append(...children);
  return made;
}

export function kindName(kind) { return t(kind); }
